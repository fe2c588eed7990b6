/** `manifest.json` of an archive: its files in the order in which they once ran, and irregularities in their numbers. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArchiveManifestError } from './errors.ts'
import { inOrder, type LegacyFile } from './files.ts'

export const MANIFEST = 'manifest.json'

export interface Manifest {
  readonly version: 1
  readonly files: readonly (LegacyFile & { readonly order: number })[]
  /** Numbers that several migrations share. */
  readonly duplicates: readonly { readonly number: number; readonly titles: readonly string[] }[]
  /** Numbers that no migration has, in gaps of at most 1000 between two migrations. */
  readonly gaps: readonly number[]
  /** Longer gaps: the migrations' numbers before and after each. */
  readonly jumps: readonly { readonly after: number; readonly before: number }[]
  /** Up files without a down file, and down files without an up file. */
  readonly unpaired: readonly string[]
}

export function manifestOf(all: readonly LegacyFile[]): Manifest {
  const files = [...new Map(all.map((file) => [file.name, file])).values()].sort(inOrder)
  const numbers = Map.groupBy(files, ({ number }) => number)
  const known = new Set(files.map(({ number, title, direction }) => `${number} ${title} ${direction}`))
  const hasPartner = ({ number, title, direction }: LegacyFile) =>
    direction === 'single' || known.has(`${number} ${title} ${direction === 'up' ? 'down' : 'up'}`)
  return {
    version: 1,
    files: files.map((file, index) => ({ order: index + 1, ...file })),
    duplicates: [...numbers].flatMap(([number, own]) => {
      // `001_users` and `01_users` are two migrations; the up file and the down file of a pair are one.
      const titles = [...new Map(own.map((file) => [stemOf(file), file.title])).values()]
      return titles.length > 1 ? [{ number, titles }] : []
    }),
    ...missing([...numbers.keys()]),
    unpaired: files.filter((file) => !hasPartner(file)).map(({ name }) => name),
  }
}

const stemOf = ({ name, direction }: LegacyFile): string =>
  direction === 'single' ? name : name.slice(0, -`.${direction}.sql`.length)

const LONGEST_GAP = 1000
/** A number of eight or more digits is a date: between two dates no migration is missing. */
const FIRST_DATE = 10_000_000

function missing(numbers: readonly number[]): Pick<Manifest, 'gaps' | 'jumps'> {
  const steps = numbers
    .slice(1)
    .map((before, index) => ({ after: numbers[index]!, before }))
    .filter(({ before }) => before < FIRST_DATE)
  const isLong = ({ after, before }: { after: number; before: number }) => before - after > LONGEST_GAP
  return {
    gaps: steps
      .filter((step) => !isLong(step))
      .flatMap(({ after, before }) => Array.from({ length: before - after - 1 }, (_, index) => after + 1 + index)),
    jumps: steps.filter(isLong),
  }
}

/** The manifest of a folder; an empty one if the folder has none. Throws ArchiveManifestError if the file is not a manifest. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, MANIFEST)
  if (!existsSync(file)) return manifestOf([])
  let found: unknown
  try {
    found = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ArchiveManifestError({ file, problem: 'cannot be read as JSON' }, error)
  }
  if (!isRecord(found) || !Array.isArray(found.files) || !found.files.every(isFile)) {
    throw new ArchiveManifestError({ file, problem: 'does not list archived files' })
  }
  if (found.version !== 1) throw new ArchiveManifestError({ file, problem: 'has no "version": 1' })
  return found as unknown as Manifest
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isFile = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value.name === 'string' &&
  typeof value.title === 'string' &&
  Number.isInteger(value.number) &&
  Number.isInteger(value.bytes) &&
  ['up', 'down', 'single'].includes(value.direction as string) &&
  /^[0-9a-f]{64}$/.test(String(value.sha256)) &&
  (value.about === null || typeof value.about === 'string')
