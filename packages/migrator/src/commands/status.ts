import { inspect } from '../database/inspect.ts'
import { sendAll } from '../database/pipeline.ts'
import type { Paint } from '../report/output.ts'
import { layoutFor } from '../report/report.ts'
import { statusDocument, statusLines, statusOf } from '../report/status.ts'
import { assertServer } from '../run/guard.ts'
import { statement } from '../statement.ts'
import type { CommonOptions, Verb } from '../verb.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { type Database, targetDocument, withDatabase } from './with-database.ts'

interface StatusOptions extends CommonOptions {
  readonly failOnPending?: boolean
  readonly drift?: boolean
}

const EXAMPLES = `
Examples:
  veza-migrator status
  veza-migrator status --fail-on-pending --json   for a deployment's gate: exit code 1 unless all is applied`

/** Reads only: no lock is taken, so it answers while a run is under way. */
const LIMITS = { lockTimeoutMs: 2000, statementTimeoutMs: 30_000 }

/** Shows what a database has, per domain. */
export const status: Verb = (command) => {
  command
    .option('--fail-on-pending', 'exit code 1 unless every migration is applied, unchanged and known')
    .option('--drift', 'also look for what was changed by hand; exit code 1 if there is any')
    .addHelpText('after', EXAMPLES)

  return {
    run: (options: StatusOptions, output, context) =>
      withDatabase({ options, output, context, verb: 'status', edited: 'accept' }, async (database, workspace) => {
        const state = await inspect(database.client, LIMITS, 'readOnly')
        assertServer(state, database.name)
        const found = statusOf(workspace.order, state.history)
        for (const line of statusLines(found, workspace.graph.order, layoutFor(workspace.order, output)))
          output.result(line)
        const drift = options.drift ? await driftOf(database, workspace) : undefined
        if (drift !== undefined) output.result(drift.line(output.paint))
        output.document({
          command: 'status',
          target: targetDocument(database),
          ...statusDocument(found),
          ...(drift && { drift: drift.document }),
        })
        const isComplete = found.counts.applied === workspace.order.length && found.counts.unknown === 0
        return (options.failOnPending && !isComplete) || drift?.isFound ? 1 : undefined
      }),
  }
}

async function driftOf({ client }: Database, workspace: Workspace) {
  const { driftLine, driftText, lookForDrift } = await import('../audit/status-drift.ts')
  await sendAll(client, [statement('rollback')])
  const drift = await lookForDrift(client, workspace, LIMITS)
  return {
    isFound: drift !== null && drift.length > 0,
    line: (paint: Paint) => driftLine(drift, paint),
    document: drift?.map((one) => driftText(one)) ?? null,
  }
}
