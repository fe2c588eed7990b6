/** What a comparison of two databases found, as one value from which every format is made. */

import { idOf } from '../../database/history.ts'
import { toolVersion } from '../../version.ts'
import type { Workspace } from '../../workspace/workspace.ts'
import { majorOf } from '../gap/gap.ts'
import { fingerprint } from '../report.ts'
import { catalogDifferences, objectDifferences } from './catalogs.ts'
import type { SideDifference } from './difference.ts'
import { historyDifferences } from './histories.ts'
import { type Named, type SideNames, sideNames } from './names.ts'
import { type Plan, plannedBetween } from './planned.ts'
import type { ComparedSide } from './side.ts'
import { type SizeDifference, sizeDifferences } from './sizes.ts'

export interface ComparedDifference extends SideDifference {
  /** Equal in every run for the same difference. */
  readonly id: string
  /** The difference is in the baseline: it is reported and does not fail the comparison. */
  readonly known: boolean
}

export interface Compared {
  readonly names: SideNames
  readonly a: ComparedSide
  readonly b: ComparedSide
  readonly comparedAt: Date
  readonly toolVersion: string
  readonly differences: readonly ComparedDifference[]
  /** Tables of which one database has at least ten times as many rows. That is no difference in what the databases are. */
  readonly sizes: readonly SizeDifference[]
  readonly notes: readonly string[]
  /** Number of differences that are in the baseline and were no longer found. */
  readonly gone: number
}

export interface CompareRequest {
  readonly a: ComparedSide & Pick<Named, 'variable'>
  readonly b: ComparedSide & Pick<Named, 'variable'>
  readonly workspace: Workspace
  /** Ids of differences that are accepted. */
  readonly baseline: ReadonlySet<string>
}

/** Throws what the scratch server throws if the command is ended; a replay that fails is a note. */
export async function compareSides({ a, b, workspace, baseline }: CompareRequest): Promise<Compared> {
  const names = sideNames(a, b)
  const plan = await plannedBetween(a, b, workspace)
  const differences = [
    ...serverDifferences(a, b),
    ...historyDifferences({ a, b }),
    ...objectDifferences(catalogDifferences(a.catalog, b.catalog), plan.madeBy),
    ...unread({ a, b }),
  ]
  const found = differences.map((one): ComparedDifference => {
    const id = fingerprintOf(one)
    return { ...one, id, known: baseline.has(id) }
  })
  const present = new Set(found.map(({ id }) => id))
  return {
    names,
    a,
    b,
    comparedAt: new Date(),
    toolVersion,
    differences: found,
    sizes: sizeDifferences(a.catalog, b.catalog),
    notes: notesOn({ a, b, names, plan, workspace }),
    gone: [...baseline].filter((id) => !present.has(id)).length,
  }
}

/** What a baseline knows a difference by: neither the names of the databases nor the migrations that may explain it. */
export const foundText = ({ what, a, b }: SideDifference): string => JSON.stringify([what, a, b])

const fingerprintOf = (one: SideDifference): string =>
  fingerprint({ rule: COMPARE_RULE, table: one.table, column: null, found: foundText(one) })

export const COMPARE_RULE = 'compare'

/** A newer minor version of a server is no difference that a schema could notice. */
function serverDifferences(a: ComparedSide, b: ComparedSide): SideDifference[] {
  const facts: readonly (readonly [string, (side: ComparedSide) => string | number | undefined])[] = [
    ['major version of PostgreSQL', ({ catalog }) => majorOf(catalog)],
    ['encoding of the database', ({ catalog }) => catalog.encoding],
  ]
  return facts
    .map(([what, of]) => ({ kind: 'server' as const, table: null, what, a: `${of(a)}`, b: `${of(b)}`, madeBy: [] }))
    .filter((one) => one.a !== one.b)
}

/** What could not be read may differ in anything, so that the two are never called equal over it. */
const unread = (sides: Readonly<Record<'a' | 'b', ComparedSide>>): SideDifference[] =>
  (['a', 'b'] as const).flatMap((side) =>
    sides[side].unread.map(({ table, what, reason }) => ({
      kind: 'not read' as const,
      table,
      what,
      a: side === 'a' ? reason : null,
      b: side === 'b' ? reason : null,
      madeBy: [],
    })),
  )

interface Noted extends Pick<CompareRequest, 'a' | 'b' | 'workspace'> {
  readonly names: SideNames
  readonly plan: Plan
}

function notesOn({ a, b, names, plan, workspace }: Noted): string[] {
  const notes: string[] = []
  if (a.identity === b.identity) notes.push('Both are the same database, so nothing can differ.')
  if (majorOf(a.catalog) !== majorOf(b.catalog))
    notes.push(
      `PostgreSQL ${majorOf(a.catalog)} and ${majorOf(b.catalog)} write definitions in different ways: of functions and views only the presence is compared.`,
    )
  else if (a.serverVersion !== b.serverVersion)
    notes.push(`${names.a} is PostgreSQL ${a.serverVersion}, ${names.b} is ${b.serverVersion}.`)
  for (const [name, { history, isHistoryKnown }] of [
    [names.a, a],
    [names.b, b],
  ] as const)
    if (history === null && isHistoryKnown) notes.push(`${name} has no record of migrations of this migrator.`)
  if (plan.note !== undefined) notes.push(plan.note)
  const known = new Set(workspace.order.map(({ id }) => id))
  const strange = [...new Set([...(a.history ?? []), ...(b.history ?? [])].map(idOf))].filter((id) => !known.has(id))
  if (strange.length > 0)
    notes.push(`Applied, but not in this checkout, so that nothing can be explained by them: ${strange.join(', ')}.`)
  return notes
}

export const isFailure = ({ known }: ComparedDifference): boolean => !known
