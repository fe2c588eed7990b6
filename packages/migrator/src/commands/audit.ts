import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Option } from 'commander'
import { OutputFileError } from '../audit/errors.ts'
import { FORMATS, type Format } from '../audit/format.ts'
import { Output } from '../report/output.ts'
import { parseDurationMs } from '../settings.ts'
import type { CommonOptions, Verb } from '../verb.ts'
import { ConflictingOptionsError } from './errors.ts'
import { withDatabase } from './with-database.ts'

interface AuditVerbOptions extends CommonOptions {
  readonly format?: Format
  readonly out?: string
  readonly baseline?: string
  readonly writeBaseline?: string
  readonly statementTimeout: string
}

const EXAMPLES = `
Examples:
  veza-migrator audit --database-url postgresql://reader@db.internal/legacy
  veza-migrator audit --format html --out audit.html
  veza-migrator audit --write-baseline audit.baseline.json     accept what is there today
  veza-migrator audit --baseline audit.baseline.json           fail only on what is new`

/** Holds any PostgreSQL database from 12 on against V1. Reads only. */
export const audit: Verb = (command) => {
  command
    .addOption(new Option('--format <format>', 'what is printed (default: text)').choices(Object.keys(FORMATS)))
    .option('--out <file>', 'write the report to this file instead of standard output')
    .option('--baseline <file>', 'known findings, which do not fail the audit')
    .option('--write-baseline <file>', 'write what is found as the known findings')
    .option('--statement-timeout <duration>', 'how long one query may run; 0 = as long as it takes', '60s')
    .addHelpText('after', EXAMPLES)

  return {
    run: async (options: AuditVerbOptions, output, context) => {
      if (options.json && options.format !== undefined && options.format !== 'json')
        throw new ConflictingOptionsError({ options: ['--json', `--format ${options.format}`] })
      const format = options.json ? 'json' : (options.format ?? 'text')
      const at = (file: string) => resolve(context.cwd, file)
      const { readBaseline, writeBaseline } = await import('../audit/baseline.ts')
      const baseline = options.baseline === undefined ? new Set<string>() : readBaseline(at(options.baseline))
      const limits = {
        lockTimeoutMs: 2000,
        statementTimeoutMs: parseDurationMs('--statement-timeout', options.statementTimeout),
      }
      // Standard output is the report's alone, if it goes there and is not meant for a person.
      const alone = options.out === undefined && format !== 'text'
      const lines = alone ? new Output({ json: true, stdout: process.stdout, stderr: process.stderr }) : output

      return withDatabase(
        { options, output: lines, context, verb: 'audit', edited: 'accept' },
        async (database, workspace) => {
          lines.busy('reading the catalogue, replaying V1')
          const run = await import('../audit/audit.ts')
          const { isFailure } = await import('../audit/report.ts')
          const report = await run.audit({ ...database, workspace, limits, baseline })
          lines.quiet()
          if (format === 'text' && options.out === undefined) {
            const { textReport } = await import('../audit/text.ts')
            for (const line of textReport(report, output.paint)) output.line(line)
          } else {
            const words = (await FORMATS[format]())(report)
            if (options.out === undefined) process.stdout.write(words)
            else writeReport(at(options.out), words)
          }
          if (options.out !== undefined) lines.line(`report written to ${options.out}`)
          if (options.writeBaseline !== undefined) {
            writeBaseline(at(options.writeBaseline), report.findings)
            lines.line(`${report.findings.length} findings written to ${options.writeBaseline}`)
            return undefined
          }
          return report.findings.some(isFailure) ? 1 : undefined
        },
      )
    },
  }
}

/** Throws OutputFileError. */
function writeReport(file: string, words: string): void {
  try {
    writeFileSync(file, words)
  } catch (error) {
    throw new OutputFileError({ file, problem: (error as Error).message }, error)
  }
}
