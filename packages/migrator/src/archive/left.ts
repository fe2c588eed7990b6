/** Why a file or folder beside the migrations stays where it is, and what can be done with it. Only reads. */
import { type Dirent, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Left {
  readonly name: string
  /** Part of a sentence; null for what is no migration of any kind, such as a README. */
  readonly reason: string | null
}

/** Migrations that are no SQL, by their name. */
const CODE: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}_\w+\.py$/, 'Django migrations are Python, not SQL; manage.py sqlmigrate APP NUMBER prints the SQL of one'],
  [/^[0-9a-f]{12}_.*\.py$/, 'Alembic revisions are Python, not SQL; alembic upgrade head --sql prints their SQL'],
  [/^\d{14}_.*\.rb$/, 'Rails migrations are Ruby, not SQL; bin/rails db:schema:dump writes what they make'],
  [/^\d+[_-].*\.go$/, 'migrations in Go, not SQL'],
  [/^\d+[_-].*\.[cm]?[jt]s$/, 'migrations in JavaScript or TypeScript, not SQL'],
]

export function whyLeft(folder: string, name: string, entry: Dirent): string | null {
  if (entry.isSymbolicLink()) return 'links; the file that one leads to is not moved'
  if (!existsSync(join(folder, name))) return 'names that are not UTF-8'
  if (entry.isDirectory()) return whyFolder(join(folder, name))
  const code = CODE.find(([pattern]) => pattern.test(entry.name))
  if (code !== undefined) return code[1]
  return /\.sql$/i.test(entry.name) ? 'SQL files whose names follow no known scheme' : null
}

function whyFolder(folder: string): string | null {
  const inside = readdirSync(folder)
  if (inside.includes('_journal.json')) return "Drizzle's journal and snapshots"
  if (inside.some((name) => /\.sql$/i.test(name))) return 'folders with SQL files; archive each by itself with --from'
  return null
}
