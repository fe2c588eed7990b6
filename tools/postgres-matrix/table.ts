/** The results of the matrix → a line for each version and suite. Pure. */
export interface Counted {
  readonly major: number
  readonly suite: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** A suite that ended badly without a failed test (a file that cannot be loaded), or that ran no test, has failed too. */
export function counted(major: number, suite: string, exitCode: number | null, results: unknown): Counted {
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = (results ?? {}) as Record<string, number>
  const isBroken = numFailedTests === 0 && (exitCode !== 0 || numPassedTests === 0)
  return { major, suite, passed: numPassedTests, failed: isBroken ? 1 : numFailedTests, skipped: numPendingTests }
}

export function tableLines(results: readonly Counted[]): string[] {
  const cell = (value: string | number): string => String(value).padStart(8)
  return [
    `PostgreSQL  ${'suite'.padEnd(6)}${['passed', 'failed', 'skipped'].map(cell).join('')}`,
    ...results.map(
      ({ major, suite, passed, failed, skipped }) =>
        `${String(major).padEnd(12)}${suite.padEnd(6)}${[passed, failed, skipped].map(cell).join('')}`,
    ),
  ]
}
