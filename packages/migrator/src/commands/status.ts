import type { Client } from '../database/connect.ts'
import { inspect } from '../database/inspect.ts'
import { sendAll } from '../database/pipeline.ts'
import { statusOf, statusReport } from '../report/status.ts'
import { assertServer } from '../run/guard.ts'
import { statement } from '../statement.ts'
import { verb } from '../verb.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { withDatabase } from './with-database.ts'

/** Reads only: no lock is taken, so it answers while a run is under way. */
const LIMITS = { lockTimeoutMs: 2000, statementTimeoutMs: 30_000 }

/** Shows what a database has, per domain. */
export const status = verb({
  options: (command) =>
    command
      .option('--fail-on-pending', 'exit code 1 unless every migration is applied, unchanged and known')
      .option('--drift', 'also look for what was changed by hand; exit code 1 if there is any'),
  examples: [
    'veza-migrator status',
    "veza-migrator status --fail-on-pending --json   for a deployment's gate: exit code 1 unless all is applied",
  ],
  run: async (options, context) =>
    withDatabase({ options, context, verb: 'status', edited: 'accept' }, async (database, workspace) => {
      const { client, name } = database
      const state = await inspect(client, LIMITS, 'readOnly')
      assertServer(state, name)
      const drift = options.drift ? await driftIn(client, workspace) : undefined
      return statusReport({
        status: statusOf(workspace.order, state.history),
        domains: workspace.graph.order,
        place: database,
        failOnPending: options.failOnPending ?? false,
        drift,
      })
    }),
})

/** Ends the transaction in which the history was read. The module is imported only for `--drift`, since it starts a server of its own. */
async function driftIn(client: Client, workspace: Workspace) {
  const { driftSection, lookForDrift } = await import('../audit/status-drift.ts')
  await sendAll(client, [statement('rollback')])
  return driftSection(await lookForDrift(client, workspace, LIMITS))
}
