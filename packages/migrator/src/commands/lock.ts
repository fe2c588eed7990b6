import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommonOptions, Verb } from '../cli.ts'
import { formatLockfile, LOCKFILE } from '../lockfile.ts'
import { assertStable, planLock } from '../relock.ts'
import { readLayout, renderAll } from '../workspace.ts'

interface LockOptions extends CommonOptions {
  readonly update?: boolean
  readonly check?: boolean
}

const EXAMPLES = `
Examples:
  veza-migrator lock            append the migrations that are new
  veza-migrator lock --update   record edited ones again and drop lines without a file: only for what no database has`

/** Records new migrations in migrations.lock, in the order that the graph gives. Asks no database. */
export const lock: Verb = (command) => {
  command
    .option('--update', 'also record migrations that were edited, and drop lines whose file is gone')
    .option('--check', 'write nothing; exit code 1 if something would be written')
    .addHelpText('after', EXAMPLES)

  return {
    run: async ({ workspace, update = false, check = false }: LockOptions, output, { cwd }) => {
      const layout = readLayout(workspace ?? cwd)
      const rendered = await renderAll(layout.files)
      const change = planLock(layout, rendered, { update })
      const { appended, updated, dropped, lines } = change
      const recorded = new Set([...appended, ...updated])
      await assertStable(rendered.filter(({ id }) => recorded.has(id)))
      const differs = appended.length + updated.length + dropped.length > 0
      if (differs && !check) replaceFile(join(layout.root, LOCKFILE), formatLockfile(lines))
      for (const id of appended) output.result(`${output.paint('green', 'appended')}  ${id}`)
      for (const id of updated) output.result(`${output.paint('yellow', 'updated')}   ${id}`)
      for (const id of dropped) output.result(`${output.paint('yellow', 'dropped')}   ${id}`)
      output.result(
        differs
          ? `${LOCKFILE} ${check ? 'would have' : 'has'} ${lines.length} migrations.`
          : `${LOCKFILE} is up to date: ${lines.length} migrations.`,
      )
      output.document({ command: 'lock', check, appended, updated, dropped, total: lines.length })
      return check && differs ? 1 : undefined
    },
  }
}

/** Whole or not at all: a crash half-way leaves the old file. */
function replaceFile(file: string, text: string): void {
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, text)
  renameSync(fresh, file)
}
