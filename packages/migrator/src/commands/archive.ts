import { resolve } from 'node:path'
import { archive as move, planArchive } from '../archive/archive.ts'
import { archiveReport } from '../archive/report.ts'
import { verb } from '../verb.ts'

/** Moves legacy SQL migrations into an archive with a manifest. Asks no database and repairs nothing: V1 defines the final state. */
export const archive = verb({
  options: (command) =>
    command
      .requiredOption(
        '--from <dir>',
        'the folder with the migrations: 001_users.sql, 002_roles.up.sql, 20240131120000_rooms.sql, V4__tracks.sql, ...',
      )
      .requiredOption('--to <dir>', 'where they are moved; the folder is made if it is missing')
      .option('--dry-run', 'show what would be moved, and move nothing'),
  examples: [
    'veza-migrator archive --from ../backend/migrations --to ../backend/migrations-legacy --dry-run',
    'veza-migrator archive --from ../backend/migrations --to ../backend/migrations-legacy',
  ],
  run: async ({ from, to, dryRun = false }, { cwd }) => {
    const plan = planArchive({ from: resolve(cwd, from), to: resolve(cwd, to) })
    return archiveReport({ plan, moved: dryRun ? [] : move(plan), dryRun, to })
  },
})
