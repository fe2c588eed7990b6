import { join } from 'node:path'
import type { CommonOptions, Verb } from '../verb.ts'
import { formatLockfile, LOCKFILE } from '../workspace/lockfile.ts'
import { assertStable, planLock } from '../workspace/relock.ts'
import { planRenumber, renumberDocument, renumberFiles } from '../workspace/renumber.ts'
import { replaceFile } from '../workspace/replace-file.ts'
import { readWorkspaceFiles, renderAll } from '../workspace/workspace.ts'

interface LockOptions extends CommonOptions {
  readonly renumber?: boolean
  readonly base?: string
  readonly update?: boolean
  readonly check?: boolean
}

const EXAMPLES = `
Examples:
  veza-migrator lock            append the migrations that are new
  veza-migrator lock --update   record edited ones again and drop lines without a file: only for what no database has
  veza-migrator lock --renumber after a merge: what the main branch has keeps its number and its place`

/** Records new migrations in migrations.lock, in the order that the graph gives. Asks no database. */
export const lock: Verb = (command) => {
  command
    .option('--update', 'also record migrations that were edited, and drop lines whose file is gone')
    .option(
      '--renumber',
      'first give files that collide the next free number, and move new lines behind those of the main branch',
    )
    .option('--base <ref>', 'the main branch, for --renumber (default: where this branch left origin/main)')
    .option('--check', 'write nothing; exit code 1 if something would be written')
    .addHelpText('after', EXAMPLES)

  return {
    run: async ({ workspace, update = false, check = false, renumber = false, base }: LockOptions, output, { cwd }) => {
      const settled = renumber ? planRenumber(workspace ?? cwd, base) : undefined
      if (settled?.differs) {
        if (!check) renumberFiles(settled)
        for (const { file, path } of settled.renamed)
          output.result(`${output.paint('yellow', 'renamed')}   ${file.path} to ${path}`)
        if (settled.moved > 0)
          output.result(
            `${output.paint('yellow', 'moved')}     ${settled.moved} new ${settled.moved === 1 ? 'line' : 'lines'} to the end`,
          )
        if (check) {
          // What lock itself would add is known only once the files have their names.
          output.document({ command: 'lock', check, ...renumberDocument(settled) })
          return 1
        }
      }
      const layout = readWorkspaceFiles(workspace ?? cwd)
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
      output.document({
        command: 'lock',
        check,
        ...(settled === undefined ? {} : renumberDocument(settled)),
        appended,
        updated,
        dropped,
        total: lines.length,
      })
      return check && differs ? 1 : undefined
    },
  }
}
