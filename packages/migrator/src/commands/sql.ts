import { resolve } from 'node:path'
import { sqlReport } from '../report/sql.ts'
import { staleSqlFiles, writeFiles } from '../report/sql-folder.ts'
import { verb } from '../verb.ts'
import { openWorkspace } from '../workspace/workspace.ts'

/** Writes the run as plain SQL, for review and for other tools. Asks no database. */
export const sql = verb({
  options: (command) =>
    command
      .requiredOption('--out <dir>', 'the folder for the files, from the current one')
      .option('--check', 'write nothing; exit code 1 if a file is stale'),
  examples: [
    'veza-migrator sql --out sql            001_core_conventions.up.sql, ..., v1.sql',
    'veza-migrator sql --out sql --check    exit code 1 if the files there are stale',
  ],
  run: async ({ workspace, out, check = false }, { cwd }) => {
    const { order } = await openWorkspace(workspace ?? cwd)
    const folder = resolve(cwd, out)
    const { sqlFiles } = await import('../report/sql-files.ts')
    const files = sqlFiles(order)
    const stale = staleSqlFiles(folder, files)
    if (!check) writeFiles(folder, files, stale)
    return sqlReport({ order, files, stale, check, out, folder })
  },
})
