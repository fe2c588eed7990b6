import { resolve } from 'node:path'
import { sqlFiles } from '../report/sql-files.ts'
import { staleFiles, writeFiles } from '../report/sql-folder.ts'
import type { CommonOptions, Verb } from '../verb.ts'
import { openWorkspace } from '../workspace/workspace.ts'

interface SqlOptions extends CommonOptions {
  readonly out: string
  readonly check?: boolean
}

const EXAMPLES = `
Examples:
  veza-migrator sql --out sql            001_core_conventions.up.sql, ..., v1.sql
  veza-migrator sql --out sql --check    exit code 1 if the files there are stale`

/** Writes the run as plain SQL, for review and for other tools. Asks no database. */
export const sql: Verb = (command) => {
  command
    .requiredOption('--out <dir>', 'the folder for the files, from the current one')
    .option('--check', 'write nothing; exit code 1 if a file is stale')
    .addHelpText('after', EXAMPLES)

  return {
    run: async ({ workspace, out, check = false }: SqlOptions, output, { cwd }) => {
      const { order } = await openWorkspace(workspace ?? cwd)
      const folder = resolve(cwd, out)
      const files = sqlFiles(order)
      const stale = staleFiles(folder, files)
      if (!check) writeFiles(folder, files, stale)
      for (const { name, why } of check ? stale : []) output.result(`${output.paint('yellow', why.padEnd(9))}  ${name}`)
      const dynamic = order.filter(({ render }) => render.up.dynamic || render.down.dynamic).map(({ id }) => id)
      for (const id of dynamic)
        output.result(`${id} depends on data: its file holds only what it does where it finds nothing.`)
      output.result(
        check
          ? stale.length === 0
            ? `${files.length} files in ${out} are up to date.`
            : `${stale.length} of ${files.length} files in ${out} are stale. Write them again: npx nx run migrator:sql --out ${out}`
          : `${files.length} files in ${out}, ${stale.length} of them changed.`,
      )
      output.document({ command: 'sql', check, out: folder, files: files.map(({ name }) => name), stale, dynamic })
      return check && stale.length > 0 ? 1 : undefined
    },
  }
}
