import { lockReport, renumberReport } from '../report/lock.ts'
import { renumberLines } from '../report/renumber.ts'
import { verb } from '../verb.ts'
import { recordMigrations } from '../workspace/record.ts'
import { planRenumber, renumberFiles } from '../workspace/renumber.ts'

/** Records new migrations in migrations.lock, in the order that the graph gives. Asks no database. */
export const lock = verb({
  options: (command) =>
    command
      .option('--update', 'also record migrations that were edited, and drop lines whose file is gone')
      .option(
        '--renumber',
        'first give files that collide the next free number, and move new lines behind those of the main branch',
      )
      .option(
        '--base <ref>',
        'the main branch, for --renumber (default: origin/main, and what git is in the middle of)',
      )
      .option('--check', 'write nothing; exit code 1 if something would be written'),
  examples: [
    'veza-migrator lock            append the migrations that are new',
    'veza-migrator lock --update   record edited ones again and drop lines without a file: only for what no database has',
    'veza-migrator lock --renumber after a merge or rebase, or in one: what the main branch has keeps its number and its place',
  ],
  run: async ({ workspace, update = false, check = false, renumber, base }, { cwd, tell }) => {
    const from = workspace ?? cwd
    const renumbering = renumber ? planRenumber(from, base) : undefined
    if (renumbering?.differs) {
      if (check) return renumberReport(renumbering)
      renumberFiles(renumbering)
      // Told at once, since the files keep their new names even if a later step fails.
      tell(({ paint }) => renumberLines(renumbering, paint))
    }
    return lockReport({ change: await recordMigrations(from, { update, check }), check, renumbering })
  },
})
