/**
 * What two databases differ in because one has migrations that the other has not: the migrations of each are replayed on a throw-away
 * server, and what the two replays differ in was planned. Which migration made a difference is known from the replay, or from its SQL.
 */

import type { CatalogDifference } from '../../catalog/difference.ts'
import { normalised } from '../../catalog/normalised.ts'
import { endsCommand, MigratorError } from '../../errors.ts'
import { makerOf } from '../../replay/made-by.ts'
import { type Replayed, replay } from '../../replay/replay.ts'
import { withScratch } from '../../replay/scratch.ts'
import { mentions } from '../../sql/mentions.ts'
import type { Planned, Workspace } from '../../workspace/workspace.ts'
import { appliedSteps } from '../audit.ts'
import { majorOf } from '../gap/gap.ts'
import { catalogDifferences } from './catalogs.ts'
import type { ComparedSide } from './side.ts'

export interface Plan {
  /** The migrations that make a difference; none if nobody planned it. */
  madeBy(difference: CatalogDifference): readonly string[]
  /** What kept the replay from being made. */
  readonly note?: string
}

const NOTHING: Plan = { madeBy: () => [] }
const UNKNOWN =
  'Which differences the pending migrations make is not known, since the record of the applied ones cannot be read.'

/** Starts no server where both databases have the same migrations: then nothing that they differ in was planned. */
export async function plannedBetween(a: ComparedSide, b: ComparedSide, { root, order }: Workspace): Promise<Plan> {
  if (!a.isHistoryKnown || !b.isHistoryKnown) return { ...NOTHING, note: UNKNOWN }
  const [one, other] = [appliedSteps(order, a.history ?? []), appliedSteps(order, b.history ?? [])]
  const [inA, inB] = [new Set(one.steps), new Set(other.steps)]
  const alone = order.filter((step) => inA.has(step) !== inB.has(step))
  if (alone.length === 0) return NOTHING
  try {
    return await withScratch(root, async (scratch) => {
      const replays = { a: await replay(scratch, one), b: await replay(scratch, other) }
      return planOf(replays, alone, majorOf(a.catalog) === majorOf(replays.a.catalog))
    })
  } catch (error) {
    if (!(error instanceof MigratorError) || endsCommand(error)) throw error
    const reason = error.message.split('\n')[0]!
    return {
      ...NOTHING,
      note: `Which differences the pending migrations make is not known, since they could not be replayed: ${reason}`,
    }
  }
}

interface Replays {
  readonly a: Replayed
  readonly b: Replayed
}

/** `isSameMajor`: whether definitions read alike in the databases and in the replays. */
function planOf({ a, b }: Replays, alone: readonly Planned[], isSameMajor: boolean): Plan {
  const keyOf = (difference: CatalogDifference) => keyFor(difference, isSameMajor)
  const planned = new Map(catalogDifferences(a.catalog, b.catalog).map((one) => [keyOf(one), one]))
  const sql = new Map(alone.map((step) => [step.id, namesIn(step)]))
  return {
    madeBy: (difference) => {
      const own = planned.get(keyOf(difference))
      if (own === undefined) return []
      const { makers } = own.change === 'added' ? a : b
      const maker = own.change === 'changed' ? undefined : makerOf(own, makers.makerOf)?.migration
      if (maker !== undefined && maker !== null && sql.has(maker)) return [maker]
      const naming = [...sql].filter(([, names]) => names.has(own.name) || names.has(own.table ?? own.name))
      return (naming.length > 0 ? naming : [...sql]).map(([id]) => id)
    },
  }
}

/** Functions and views, of another major version, are alike by their names alone. */
function keyFor({ found, expected, ...rest }: CatalogDifference, isSameMajor: boolean): string {
  const hasBody = rest.kind === 'function' || rest.kind === 'view'
  const texts = hasBody && !isSameMajor ? [] : [found, expected].map((text) => text && normalised(text))
  return JSON.stringify([Object.entries(rest).sort(), texts])
}

const namesIn = ({ render }: Planned): ReadonlySet<string> =>
  mentions(render.up.statements.map(({ sql }) => sql).join(';\n'), { bodies: true }).names
