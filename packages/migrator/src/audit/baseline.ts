/** The baseline: known and accepted findings in a file that a team commits. Only findings that are not in it fail the audit. */
import { readFileSync } from 'node:fs'
import { OutputFileError, reason } from '../errors.ts'
import type { RuleFinding } from '../rules/finding.ts'
import { replaceFile } from '../workspace/replace-file.ts'
import { BaselineFileError } from './errors.ts'
import { fingerprint } from './report.ts'

interface BaselineFile {
  readonly version: 1
  readonly findings: readonly (Acceptable & { readonly id: string })[]
}

/** The ids in the file. Throws BaselineFileError. */
export function readBaseline(file: string): ReadonlySet<string> {
  let content: Partial<BaselineFile>
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const problem = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'
    throw new BaselineFileError({ file, problem }, error)
  }
  if (content?.version !== 1 || !Array.isArray(content.findings))
    throw new BaselineFileError({ file, problem: 'is not a baseline of version 1' })
  const malformed = content.findings.findIndex((entry) => typeof entry?.id !== 'string')
  if (malformed >= 0)
    throw new BaselineFileError({ file, problem: `has an entry without an id (finding ${malformed + 1})` })
  return new Set(content.findings.map(({ id }) => id))
}

/** What a baseline knows a finding by. */
export type Acceptable = Pick<RuleFinding, 'rule' | 'table' | 'column' | 'found'>

/** Sorted, one finding a line, so that a diff shows which findings were added and removed. Throws OutputFileError. */
export function writeBaseline(file: string, findings: readonly Acceptable[]): void {
  const lines = findings
    .map(({ rule, table, column, found }) => ({
      id: fingerprint({ rule, table, column, found }),
      rule,
      table,
      column,
      found,
    }))
    .map((entry) => JSON.stringify(entry))
  const sorted = [...new Set(lines)].sort((a, b) => (orderKey(a) < orderKey(b) ? -1 : 1))
  try {
    replaceFile(file, `{\n  "version": 1,\n  "findings": [\n    ${sorted.join(',\n    ')}\n  ]\n}\n`)
  } catch (error) {
    throw new OutputFileError({ file, problem: reason(error) }, error)
  }
}

const orderKey = (line: string): string => {
  const { table, rule, column, found } = JSON.parse(line)
  return JSON.stringify([table ?? '', rule, column ?? '', found])
}
