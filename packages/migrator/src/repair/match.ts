/**
 * Whether a database without history is what a part of the plan builds: its catalogue beside that of a replay, and the rows that the
 * migrations insert. Pure, but for the two functions that read.
 */

import { aboutText } from '../catalog/about.ts'
import { compare } from '../catalog/compare.ts'
import type { CatalogDifference } from '../catalog/difference.ts'
import { readCatalog } from '../catalog/read.ts'
import type { Catalog } from '../catalog/types.ts'
import { withoutRepairs } from '../catalog/without-repairs.ts'
import type { Client } from '../database/connect.ts'
import { HISTORY_TABLE } from '../database/history.ts'
import { makerOf } from '../replay/made-by.ts'
import type { Makers } from '../replay/makers.ts'
import { withReplay } from '../replay/replay.ts'
import { withScratch } from '../replay/scratch.ts'
import { missingSeeds, type Seeds, seedsIn } from '../replay/seeds.ts'
import { quoted } from '../sql/names.ts'
import type { Planned } from '../workspace/workspace.ts'

export interface Expected {
  readonly catalog: Catalog
  readonly makers: Makers
  readonly seeds: readonly Seeds[]
}

export interface Mismatch {
  /** `column users.mood`, `a row of roles`. */
  readonly what: string
  readonly change: 'missing' | 'added' | 'changed'
  readonly found: string | null
  readonly expected: string | null
  /** The id of the migration that makes it. */
  readonly maker: string | null
}

export interface Match {
  readonly mismatches: readonly Mismatch[]
  /** Whole objects that no migration makes, which were accepted. */
  readonly strangers: readonly string[]
}

export interface Replaying {
  readonly root: string
  readonly steps: readonly Planned[]
  /** Programs of the database's own major version; undefined if the installed ones are that. */
  readonly binaries: { readonly major: number; readonly native: string } | undefined
}

/** What the steps build on an empty database. Throws what withScratch and withReplay throw. */
export function expectedFrom({ root, steps, binaries }: Replaying): Promise<Expected> {
  const server = binaries === undefined ? {} : { binaries: binaries.native, name: `scratch-${binaries.major}` }
  const request = { steps, part: 'what the baseline is to record' }
  return withScratch(
    root,
    (scratch) =>
      withReplay(scratch, request, async ({ catalog, makers, client }) => ({
        catalog,
        makers,
        seeds: await seedsIn(client, catalog),
      })),
    server,
  )
}

/** Needs an open transaction. Rows are compared only where all tables match, since their columns are needed for it. */
export async function matchOf(
  client: Client,
  expected: Expected,
  { allowStrangers }: { allowStrangers: boolean },
): Promise<Match> {
  const live = withoutRepairs(await readCatalog(client))
  const { mismatches, strangers } = compared(live, expected, allowStrangers)
  if (mismatches.length > 0) return { mismatches, strangers }
  return {
    mismatches: (await missingSeeds(client, expected.seeds, expected.catalog)).flatMap(seedMismatches),
    strangers,
  }
}

const majorOf = ({ serverVersionNumber }: Catalog): number => Math.floor(serverVersionNumber / 10_000)

function compared(live: Catalog, { catalog, makers }: Omit<Expected, 'seeds'>, allowStrangers: boolean): Match {
  const majors = [majorOf(live), majorOf(catalog)] as const
  const differences = compare(live, catalog, { bodies: true, comments: true, objects: true }).filter(
    (one) => (one.table !== HISTORY_TABLE || one.change === 'changed') && isBuilt(one),
  )
  const isStranger = ({ kind, table, change }: CatalogDifference) =>
    allowStrangers && change === 'added' && (kind === 'table' || table === null)
  const mismatches = differences
    .filter((one) => !isStranger(one))
    // What no migration makes has no maker, also where one made the table that it is on.
    .map((one) => toMismatch(one, one.change === 'added' ? null : (makerOf(one, makers.makerOf)?.migration ?? null)))
  return {
    mismatches: majors[0] === majors[1] ? mismatches : [otherMajor(majors), ...mismatches],
    strangers: differences.filter(isStranger).map((one) => aboutText(one)),
  }
}

/** Of anything else, what migrations make has to be there; what there is beside it belongs to the database and not to the plan. */
const OF_THE_PLAN: ReadonlySet<CatalogDifference['kind']> = new Set([
  ...(['table', 'column', 'constraint', 'index', 'trigger', 'policy', 'rule'] as const),
  ...(['view', 'function', 'type', 'sequence', 'comment'] as const),
])
const OF_THE_PLACE: ReadonlySet<CatalogDifference['kind']> = new Set([
  'schema',
  'database',
  'setting',
  'default privileges',
])

function isBuilt({ kind, of, change }: CatalogDifference): boolean {
  if (OF_THE_PLACE.has(of ?? kind)) return false
  // Which version of an extension there is, the server's packages decide.
  return OF_THE_PLAN.has(kind) || change === 'missing' || (change === 'changed' && kind !== 'extension')
}

const otherMajor = ([live, replay]: readonly [number, number]): Mismatch => ({
  what: 'the version of PostgreSQL, whose servers write functions and views differently',
  change: 'changed',
  found: String(live),
  expected: String(replay),
  maker: null,
})

const toMismatch = (one: CatalogDifference, maker: string | null): Mismatch => ({
  what: aboutText(one),
  change: one.change,
  found: one.found,
  expected: one.expected,
  maker,
})

const seedMismatches = ({ table, rows }: Seeds): Mismatch[] =>
  rows.map((row) => ({
    what: `a row of ${quoted(table)}`,
    change: 'missing',
    found: null,
    expected: row,
    maker: null,
  }))

/**
 * The last migration before everything that is missing: a database that was built from fewer files lacks only what later ones make.
 * Undefined if something else differs, or if nothing would be left.
 */
export function shorterMatch(mismatches: readonly Mismatch[], steps: readonly Planned[]): Planned | undefined {
  const at = mismatches.map(({ change, maker }) =>
    change === 'missing' ? steps.findIndex(({ id }) => id === maker) : -1,
  )
  return Math.min(...at) < 0 ? undefined : steps[Math.min(...at) - 1]
}
