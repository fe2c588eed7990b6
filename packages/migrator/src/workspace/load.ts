/**
 * Files → migrations. Loading is strict: a wrong name, a gap, a double number, an unexpected file or a missing export is an error that
 * names the file and the rule. Nothing is silently ignored. A migration is imported here, but its `up` and `down` are not called.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Kysely } from 'kysely'
import { endsCommand } from '../errors.ts'
import { asMigration } from '../migration-code.ts'
import type { Domain } from './discover.ts'
import {
  DownAndIrreversibleError,
  DuplicateNumberError,
  InvalidExportError,
  MigrationFileNameError,
  MigrationImportError,
  MigrationsFolderMissingError,
  MissingAboutError,
  MissingDownError,
  MissingUpError,
  NumberGapError,
  UnexpectedFileError,
} from './errors.ts'

export type Direction = 'up' | 'down'
export type Step = (db: Kysely<any>) => Promise<void>

/** What the name and the place of a migration's file say about it. */
export interface MigrationFile {
  /** `auth/003_reset_tokens`. */
  readonly id: string
  readonly domain: string
  /** `003_reset_tokens`. */
  readonly name: string
  /** Number within the domain, from 1. */
  readonly number: number
  /** Absolute path. */
  readonly file: string
  /** Path relative to the workspace: how messages name it. */
  readonly path: string
}

/** A migration file with its exports, which have been checked. */
export interface Migration extends MigrationFile {
  /** One sentence. */
  readonly about: string
  /** False only where PostgreSQL demands it (CREATE INDEX CONCURRENTLY). */
  readonly transaction: boolean
  readonly up: Step
  /** Undefined exactly when `irreversible` gives the reason. */
  readonly down: Step | undefined
  readonly irreversible: string | undefined
  /** Rules of `check`'s linter that this migration may break, each with the reason. */
  readonly allow: Readonly<Record<string, string>>
}

const MIGRATION_NAME = /^(\d{3,})_[a-z0-9]+(?:_[a-z0-9]+)*$/
const MIGRATIONS_FOLDER = 'src/migrations'

export const padded = (number: number): string => String(number).padStart(3, '0')

/**
 * The migrations of one domain by number, from file names alone.
 * Throws what migrationFiles throws, DuplicateNumberError, NumberGapError.
 */
export function listMigrations(domain: Domain): MigrationFile[] {
  const files = migrationFiles(domain)
  for (const wrong of wrongNumbers(domain.name, files)) throw wrong
  return files
}

/**
 * The migrations of one domain by number, without a check of the numbers: after a merge they may have gaps, or one number twice.
 * Throws MigrationsFolderMissingError, UnexpectedFileError, MigrationFileNameError.
 */
export function migrationFiles(domain: Domain): MigrationFile[] {
  const folder = join(domain.folder, MIGRATIONS_FOLDER)
  const folderPath = `${domain.path}/${MIGRATIONS_FOLDER}`
  if (!existsSync(folder)) throw new MigrationsFolderMissingError({ domain: domain.name, folder: folderPath })

  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry): MigrationFile => {
      const path = `${folderPath}/${entry.name}`
      if (!entry.isFile() || !entry.name.endsWith('.ts')) throw new UnexpectedFileError({ file: path })
      const name = entry.name.slice(0, -'.ts'.length)
      const number = MIGRATION_NAME.exec(name)?.[1]
      if (number === undefined) throw new MigrationFileNameError({ file: path })
      return {
        id: `${domain.name}/${name}`,
        domain: domain.name,
        name,
        number: Number(number),
        file: join(folder, entry.name),
        path,
      }
    })
    .sort((a, b) => a.number - b.number)
}

/**
 * What is wrong with the numbers of one domain. `files` are sorted by number. `renamings` are those that `lock --renumber` would make,
 * if they are known.
 */
export function* wrongNumbers(
  domain: string,
  files: readonly MigrationFile[],
  renamings: readonly { readonly file: MigrationFile; readonly name: string }[] = [],
): Generator<DuplicateNumberError | NumberGapError> {
  for (const [index, file] of files.entries()) {
    const before = files[index - 1]
    const expected = (before?.number ?? 0) + 1
    if (before?.number === file.number) {
      const later = renamings.find((renaming) => renaming.file === before || renaming.file === file)
      yield new DuplicateNumberError({
        domain,
        number: padded(file.number),
        files: [before.path, file.path],
        next: padded((files.at(-1) as MigrationFile).number + 1),
        ...(later === undefined ? {} : { renaming: { file: later.file.path, name: later.name } }),
      })
    } else if (file.number !== expected) {
      yield new NumberGapError({ domain, missing: padded(expected), file: file.path })
    }
  }
}

/**
 * Imports one file and checks its exports. Throws MigrationImportError, MissingAboutError, MissingUpError, MissingDownError,
 * DownAndIrreversibleError, InvalidExportError.
 */
export async function loadMigration(entry: MigrationFile): Promise<Migration> {
  const file = entry.path
  let exported: Record<string, unknown>
  try {
    exported = await asMigration(entry.id, () => import(pathToFileURL(entry.file).href))
  } catch (error) {
    if (endsCommand(error)) throw error
    throw new MigrationImportError({ file }, error)
  }
  const { about, up, down, irreversible, transaction, allow = {} } = exported
  if (typeof about !== 'string' || about.trim() === '') throw new MissingAboutError({ file })
  if (typeof up !== 'function') throw new MissingUpError({ file })
  if (down !== undefined && irreversible !== undefined) throw new DownAndIrreversibleError({ file })
  if (down === undefined && irreversible === undefined) throw new MissingDownError({ file })
  if (down !== undefined && typeof down !== 'function') {
    throw new InvalidExportError({ file, exported: 'down', expected: 'a function' })
  }
  if (irreversible !== undefined && (typeof irreversible !== 'string' || irreversible.trim() === '')) {
    throw new InvalidExportError({ file, exported: 'irreversible', expected: 'the reason, as a sentence' })
  }
  if (transaction !== undefined && typeof transaction !== 'boolean') {
    throw new InvalidExportError({ file, exported: 'transaction', expected: 'false, or left out' })
  }
  if (!isReasons(allow)) {
    throw new InvalidExportError({ file, exported: 'allow', expected: "{ 'rule-name': 'the reason, as a sentence' }" })
  }
  return {
    ...entry,
    about: about.trim(),
    transaction: transaction ?? true,
    up: owned(entry.id, up as Step),
    down: down === undefined ? undefined : owned(entry.id, down as Step),
    irreversible: irreversible?.trim(),
    allow,
  }
}

/** The step, known as this migration's wherever it is run. */
const owned =
  (id: string, step: Step): Step =>
  (db) =>
    asMigration(id, () => step(db))

function isReasons(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((reason) => typeof reason === 'string' && reason.trim() !== '')
}
