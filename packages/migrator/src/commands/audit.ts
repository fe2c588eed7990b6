import { resolve } from 'node:path'
import { audit as auditOf } from '../audit/audit.ts'
import { againstBaseline, entriesOf, entriesText } from '../audit/baseline/against-baseline.ts'
import { readBaseline, writeBaseline } from '../audit/baseline/baseline.ts'
import type { CompareFormat } from '../audit/compare/format.ts'
import { type Format, formatNames, said, writeReport } from '../audit/formats/format.ts'
import type { AskedSchemas } from '../audit/live/live-schemas.ts'
import { isFailure } from '../audit/report.ts'
import { plural } from '../errors.ts'
import { CONFIDENCES } from '../rules/finding.ts'
import { durationOption, parseLimit } from '../settings.ts'
import { type Command, type CommonOptions, noLines, type OptionsOf, verb } from '../verb.ts'
import { ConflictingOptionsError } from './errors.ts'
import { withDatabase } from './with-database.ts'

const auditOptions = (command: Command) =>
  command
    .addOption(command.createOption('--format <format>', 'what is printed (default: text)').choices(formatNames))
    .option('--schema <name>', 'the schema to audit, and more of them if it is repeated (default: public)', collected)
    .option('--all-schemas', "audit all schemas but PostgreSQL's own and the chat server's")
    .option('--out <file>', 'write the report to this file instead of standard output')
    .option(
      '--compare <databases...>',
      'compare two databases with each other: URLs, or environment variables that hold them; one = with the usual database',
    )
    .option('--baseline <file>', 'known findings, which do not fail the audit')
    .option('--limit <n>', 'how much of each list the text shows; 0 = all (default: 8, and all that is new)', (value) =>
      parseLimit('--limit', value),
    )
    .option('--write-baseline <file>', 'write what is found as the known findings')
    .option('--sample', 'look at what the statistics of the server say of the data too; no row is read')
    .addOption(
      command
        .createOption('--min-confidence <confidence>', 'leave out findings that are less sure (default: low, all)')
        .choices(CONFIDENCES),
    )
    .addOption(
      durationOption(
        command,
        '--statement-timeout <duration>',
        'how long one query may run; 0 = as long as it takes',
        60_000,
      ),
    )

/** Compares a database of PostgreSQL 12 or later with V1. Reads only. */
export const audit = verb({
  options: auditOptions,
  examples: [
    'veza-migrator audit --database-url postgresql://reader@db.internal/legacy',
    'veza-migrator audit --format html --out audit.html',
    'veza-migrator audit --schema billing --schema public',
    'veza-migrator audit --write-baseline audit.baseline.json     accept what is there today',
    'veza-migrator audit --baseline audit.baseline.json           fail only on what is new',
    'veza-migrator audit --compare STAGING_URL PRODUCTION_URL     before a deploy: what staging has otherwise',
    'veza-migrator audit --sample                                 also by how many values a column has',
    'veza-migrator audit --min-confidence high                    leave out what a name alone says',
  ],
  alone: (options) => options.out === undefined && formatOf(options) !== 'text',
  run: async (options, context) => {
    const { out, writeBaseline: accepted } = options
    const format = formatOf(options)
    if (options.limit !== undefined && format !== 'text')
      throw new ConflictingOptionsError({ options: ['--limit', `--format ${format}`] })
    const limits = { lockTimeoutMs: 2000, statementTimeoutMs: options.statementTimeout }
    const schemas = schemasOf(options)
    if (options.compare !== undefined) {
      const { auditCompare } = await import('./audit-compare.ts')
      const asked = { databases: options.compare, format: comparable(options, format), schemas }
      return auditCompare({ ...asked, options, context, limits })
    }
    const at = (file: string) => resolve(context.cwd, file)
    const file = options.baseline
    const baseline = file === undefined ? undefined : readBaseline(at(file))

    const use = { options, context, verb: 'audit', edited: 'accept' } as const
    const audited = await withDatabase(use, ({ client }, workspace) => {
      context.busy('reading the catalogue, replaying V1')
      return auditOf({
        client,
        workspace,
        limits,
        schemas,
        baseline: baseline?.ids ?? new Set(),
        ...(options.sample && { sample: true }),
        minConfidence: options.minConfidence,
      })
    })
    const report = file === undefined || baseline === undefined ? audited : againstBaseline(audited, { file, baseline })
    if (out !== undefined) {
      const beside = await writeReport(at(out), report, format, options)
      const more = beside === 0 ? '' : `, and ${plural(beside, 'file')} to the folder of that name beside it`
      context.tell(() => [`report written to ${out}${more}`])
    }
    return {
      ...(out === undefined ? await said(report, format, options) : { lines: noLines, document: undefined }),
      exitCode: accepted === undefined && report.findings.some(isFailure) ? 1 : 0,
      // This runs after the report was printed, so that the report is not lost if the baseline file cannot be written.
      afterwards: async () => {
        if (accepted === undefined) return
        writeBaseline(at(accepted), entriesOf(report))
        context.tell(() => [`${entriesText(report)} written to ${accepted}`])
      },
    }
  },
})

/** A comparison has neither rules, which have a confidence and a place in SARIF, nor anything else of V1. Throws ConflictingOptionsError. */
function comparable({ minConfidence, sample }: OptionsOf<typeof auditOptions>, format: Format): CompareFormat {
  if (format === 'sarif') throw new ConflictingOptionsError({ options: ['--compare', '--format sarif'] })
  if (minConfidence !== undefined) throw new ConflictingOptionsError({ options: ['--compare', '--min-confidence'] })
  if (sample) throw new ConflictingOptionsError({ options: ['--compare', '--sample'] })
  return format
}

const collected = (name: string, names: readonly string[] = []): readonly string[] => [...names, name]

/** Throws ConflictingOptionsError. */
function schemasOf({ schema, allSchemas }: OptionsOf<typeof auditOptions>): AskedSchemas | undefined {
  if (allSchemas && schema !== undefined) throw new ConflictingOptionsError({ options: ['--schema', '--all-schemas'] })
  return allSchemas ? 'all' : schema
}

/** Throws ConflictingOptionsError. */
function formatOf({ json, format }: OptionsOf<typeof auditOptions> & CommonOptions): Format {
  if (json && format !== undefined && format !== 'json')
    throw new ConflictingOptionsError({ options: ['--json', `--format ${format}`] })
  return json ? 'json' : (format ?? 'text')
}
