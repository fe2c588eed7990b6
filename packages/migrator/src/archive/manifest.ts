/** `manifest.json` of an archive: what lies there, in which order it once ran, and what was odd about the numbering. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inOrder, type LegacyFile } from './files.ts'

export const MANIFEST = 'manifest.json'

export interface Manifest {
  readonly version: 1
  readonly files: readonly (LegacyFile & { readonly order: number })[]
  /** Numbers that several migrations have. */
  readonly duplicates: readonly { readonly number: number; readonly titles: readonly string[] }[]
  /** Numbers between the first and the last that none has. */
  readonly gaps: readonly number[]
  /** Halves of a pair whose other half is not there. */
  readonly unpaired: readonly string[]
}

export function manifestOf(all: readonly LegacyFile[]): Manifest {
  const files = [...new Map(all.map((file) => [file.name, file])).values()].sort(inOrder)
  const numbers = Map.groupBy(files, ({ number }) => number)
  const first = files[0]?.number ?? 0
  const last = files.at(-1)?.number ?? -1
  const known = new Set(files.map(({ number, title, direction }) => `${number} ${title} ${direction}`))
  const hasPartner = ({ number, title, direction }: LegacyFile) =>
    direction === 'single' || known.has(`${number} ${title} ${direction === 'up' ? 'down' : 'up'}`)
  return {
    version: 1,
    files: files.map((file, index) => ({ order: index + 1, ...file })),
    duplicates: [...numbers].flatMap(([number, own]) => {
      const titles = [...new Set(own.map(({ title }) => title))]
      return titles.length > 1 ? [{ number, titles }] : []
    }),
    gaps: missing(numbers, first, last),
    unpaired: files.filter((file) => !hasPartner(file)).map(({ name }) => name),
  }
}

/** Time stamps as numbers would make a gap of years: those are no gaps. */
const LONGEST_GAP = 1000

function missing(numbers: ReadonlyMap<number, unknown>, first: number, last: number): number[] {
  if (last - first > LONGEST_GAP + numbers.size) return []
  return Array.from({ length: last - first + 1 }, (_, index) => first + index).filter((number) => !numbers.has(number))
}

/** Of a folder without one: an empty manifest. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, MANIFEST)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : manifestOf([])
}
