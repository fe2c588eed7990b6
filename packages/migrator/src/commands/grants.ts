import { resolve } from 'node:path'
import { noLines, verb } from '../verb.ts'
import { openWorkspace } from '../workspace/workspace.ts'

/** Prints the SQL that makes the roles of production and gives them their rights. Asks no database but a throw-away one. */
export const grants = verb({
  options: (command) =>
    command
      .option('--prefix <text>', 'what the names of the roles begin with', '')
      .option('--out <file>', 'write the SQL to this file instead of standard output'),
  examples: [
    'veza-migrator grants --prefix veza_ --out grants.sql    veza_migrator, veza_auth_rw, veza_auth_ro, ...',
    'veza-migrator grants | psql -v ON_ERROR_STOP=1 "$ADMIN_URL"',
  ],
  run: async ({ workspace: from, prefix, out }, context) => {
    const workspace = await openWorkspace(from ?? context.cwd)
    context.busy('replaying the migrations')
    const { grantedRights } = await import('../grants/grants.ts')
    const { grantsReport } = await import('../grants/report.ts')
    const report = grantsReport(await grantedRights(workspace, prefix))
    if (out === undefined) return report
    const { writeLinesOut } = await import('../report/out-file.ts')
    writeLinesOut(resolve(context.cwd, out), report.lines)
    context.tell(() => [`written to ${out}`])
    return { ...report, lines: noLines }
  },
})
