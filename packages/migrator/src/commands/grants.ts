import { resolve } from 'node:path'
import { type CommonOptions, type Context, noLines, type Report, verb } from '../verb.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'
import { ConflictingOptionsError } from './errors.ts'
import { withDatabase } from './with-database.ts'

/** Prints the SQL that makes the roles of production and gives them their rights, or compares a database with it. */
export const grants = verb({
  options: (command) =>
    command
      .option('--prefix <text>', 'what the names of the roles begin with', '')
      .option('--out <file>', 'write the SQL to this file instead of standard output')
      .option(
        '--check',
        'compare the database with it and change nothing; exit code 1 if a right is missing or too much',
      ),
  examples: [
    'veza-migrator grants --prefix veza_ --out grants.sql    veza_migrator, veza_auth_rw, veza_auth_ro, ...',
    'veza-migrator grants | psql -v ON_ERROR_STOP=1 "$ADMIN_URL"',
    'veza-migrator grants --prefix veza_ --check             what the script would change in the database',
  ],
  run: async ({ prefix, out, check, ...options }, context) => {
    if (check && out !== undefined) throw new ConflictingOptionsError({ options: ['--check', '--out'] })
    return check ? compared(prefix, options, context) : printed(prefix, out, options, context)
  },
})

async function rightsIn(workspace: Workspace, prefix: string, { busy }: Context) {
  busy('replaying the migrations')
  const { grantedRights } = await import('../grants/grants.ts')
  return grantedRights(workspace, prefix)
}

async function printed(
  prefix: string,
  out: string | undefined,
  { workspace: from }: CommonOptions,
  context: Context,
): Promise<Report> {
  const rights = await rightsIn(await openWorkspace(from ?? context.cwd), prefix, context)
  const { grantsReport } = await import('../grants/report.ts')
  const report = grantsReport(rights)
  if (out === undefined) return report
  const { writeLinesOut } = await import('../report/out-file.ts')
  writeLinesOut(resolve(context.cwd, out), report.lines)
  context.tell(() => [`written to ${out}`])
  return { ...report, lines: noLines }
}

const compared = (prefix: string, options: CommonOptions, context: Context): Promise<Report> =>
  withDatabase({ options, context, verb: 'grants' }, async (database, workspace) => {
    const rights = await rightsIn(workspace, prefix, context)
    const { missingChanges } = await import('../grants/check.ts')
    const { grantsCheckReport } = await import('../grants/report.ts')
    return grantsCheckReport(await missingChanges(database.client, rights), database)
  })
