import { resolve } from 'node:path'
import type { Client } from '../database/connect.ts'
import { inspect } from '../database/inspect.ts'
import { sendAll } from '../database/pipeline.ts'
import { readRepairs } from '../database/repairs.ts'
import { printableJson } from '../printable.ts'
import { statusOf, statusReport } from '../report/status.ts'
import { assertServer } from '../run/guard.ts'
import { statement } from '../statement.ts'
import { type Command, type CommonOptions, type Context, noLines, type OptionsOf, type Report, verb } from '../verb.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { ConflictingOptionsError } from './errors.ts'
import { type Use, withDatabase } from './with-database.ts'

/** Reads only: no lock is taken, so it answers while a run is under way. */
const LIMITS = { lockTimeoutMs: 2000, statementTimeoutMs: 30_000 }

const FORMATS = ['text', 'json', 'prometheus'] as const
type Format = (typeof FORMATS)[number]

const statusOptions = (command: Command) =>
  command
    .option('--fail-on-pending', 'exit code 1 unless every migration is applied, unchanged and known')
    .option('--drift', 'also look for what was changed by hand; exit code 1 if there is any')
    .option(
      '--check',
      'for monitoring: what somebody should look at, and who runs now; exit code 1 if there is anything',
    )
    .addOption(command.createOption('--format <format>', 'what is printed (default: text)').choices(FORMATS))
    .option('--out <file>', 'write that to this file instead, all at once')

type StatusOptions = OptionsOf<typeof statusOptions> & CommonOptions

/** Shows what a database has, per domain. */
export const status = verb({
  options: statusOptions,
  examples: [
    'veza-migrator status',
    "veza-migrator status --fail-on-pending --json   for a deployment's gate: exit code 1 unless all is applied",
    'veza-migrator status --check --json             for monitoring: never waits, exit code 1 if somebody should look',
    'veza-migrator status --check --format prometheus --out /var/lib/node_exporter/veza.prom',
  ],
  alone: (options) => formatOf(options) !== 'text',
  run: async (options, context) => {
    const delivery = { format: formatOf(options), out: options.out, context }
    const use: Use = { options, context, verb: 'status', edited: 'accept' }
    try {
      return await delivered(await answer(options, delivery.format, use), delivery)
    } catch (error) {
      // With --json the command line prints the document of a failure, as for every verb.
      const isToldElsewhere = delivery.format === 'text' || (options.json && options.out === undefined)
      if (isToldElsewhere) throw error
      return delivered(await failed(error), delivery)
    }
  },
})

/** Metrics are those of a check. Without --check they are shown like a status: findings are no failure. */
async function answer(options: StatusOptions, format: Format, use: Use): Promise<Report> {
  if (options.check) return checked(options, format, use)
  if (format === 'prometheus') return { ...(await checked(options, format, use)), exitCode: 0 }
  return shown(options, use)
}

function shown({ failOnPending, drift: wanted }: StatusOptions, use: Use): Promise<Report> {
  return withDatabase(use, async (database, workspace) => {
    const { client, name } = database
    const state = await inspect(client, LIMITS, 'readOnly')
    assertServer(state, name)
    const isRunning = 'holder' in state.lock && state.lock.holder !== undefined
    const repairs = await readRepairs(client)
    const drift = wanted ? await driftIn(client, workspace) : undefined
    return statusReport({
      status: statusOf(workspace.order, state.history, { isRunning }),
      domains: workspace.graph.order,
      place: database,
      failOnPending: failOnPending ?? false,
      repairs,
      drift,
    })
  })
}

/** For monitoring. Its modules are imported only here: a status for a person does without them. */
async function checked({ drift: wanted }: StatusOptions, format: Format, use: Use): Promise<Report> {
  const { observe } = await import('../monitor/observe.ts')
  const { checkedFrom, checkedReport } = await import('../monitor/checked.ts')
  return withDatabase(use, async (database, workspace) => {
    const observed = await observe(database.client)
    const status = statusOf(workspace.order, observed.history, { isRunning: observed.holder !== undefined })
    const drift = wanted ? (await driftIn(database.client, workspace)).differences : undefined
    const found = checkedFrom({ place: database, status, observed, drift })
    if (format !== 'prometheus') return checkedReport(found)
    const { metricLines } = await import('../monitor/metrics.ts')
    return { ...checkedReport(found), lines: () => metricLines(found) }
  })
}

/** Ends the transaction in which the history was read. The module is imported only for `--drift`, since it starts a server of its own. */
async function driftIn(client: Client, workspace: Workspace) {
  const { driftSection, lookForDrift } = await import('../audit/drift/status-drift.ts')
  await sendAll(client, [statement('rollback')])
  return driftSection(await lookForDrift(client, workspace, LIMITS))
}

/**
 * What monitoring reads when the check failed: a document, or metrics that say so. The error is thrown when that has been delivered, so that
 * it is also told on standard error and has its own exit code.
 */
async function failed(error: unknown): Promise<Report> {
  const { failureMetricLines } = await import('../monitor/metrics.ts')
  const { errorDocument } = await import('../report/error.ts')
  return {
    lines: () => failureMetricLines(error),
    document: { error: errorDocument(error) },
    exitCode: 1,
    afterwards: () => Promise.reject(error),
  }
}

interface Delivery {
  readonly format: Format
  readonly out: string | undefined
  readonly context: Context
}

/** The report in its format, on standard output or in the file. */
async function delivered(report: Report, { format, out, context }: Delivery): Promise<Report> {
  const lines = format === 'json' ? () => printableJson(report.document).split('\n') : report.lines
  if (out === undefined) return { ...report, lines }
  const { writeLinesOut } = await import('../report/out-file.ts')
  writeLinesOut(resolve(context.cwd, out), lines)
  context.tell(() => [`written to ${out}`])
  return { ...report, lines: noLines, document: undefined }
}

/** Throws ConflictingOptionsError. */
function formatOf({ json, format }: StatusOptions): Format {
  if (json && format !== undefined && format !== 'json')
    throw new ConflictingOptionsError({ options: ['--json', `--format ${format}`] })
  return json ? 'json' : (format ?? 'text')
}
