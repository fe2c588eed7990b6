/**
 * What the downs of these steps would destroy: their statements are read, and the database is asked what stands behind each name, what goes
 * along, what else depends on it, and how much it holds. Nothing is changed, and no lock is waited for.
 */
import { type Client, sqlState } from '../database/connect.ts'
import { QueryFailedError } from '../database/errors.ts'
import { sendAll } from '../database/pipeline.ts'
import { plainAnswers } from '../database/session.ts'
import { MigratorError, reason } from '../errors.ts'
import type { Effect } from '../sql/effect.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { COUNT_LIMITS, Counter, type CountLimits } from './count.ts'
import { Dependencies, type Going } from './going.ts'
import { counted, countOf, othersOf, tablesToCount } from './holding.ts'
import { type Located, locatedEffects } from './located.ts'
import type { Loss } from './loss.ts'
import { describeAll, edgesFrom, type FoundObject, locateAll } from './objects.ts'
import { referringRows } from './referring.ts'

export interface PreviewOptions {
  readonly limits?: CountLimits
}

/** Expects no open transaction, and leaves none. Throws QueryFailedError. */
export async function previewOf(
  client: Client,
  steps: readonly Planned[],
  { limits = COUNT_LIMITS }: PreviewOptions = {},
): Promise<Loss[]> {
  try {
    return await look(client, locatedEffects(steps), limits)
  } catch (error) {
    await sendAll(client, [statement('rollback')]).catch(() => {})
    if (error instanceof MigratorError) throw error
    const doing = 'what the down would destroy was looked up'
    throw new QueryFailedError({ doing, serverMessage: reason(error), sqlState: sqlState(error) }, error)
  }
}

async function look(client: Client, located: readonly Located[], limits: CountLimits): Promise<Loss[]> {
  const asked = located.filter(({ lookup }) => lookup !== undefined)
  await sendAll(client, [
    statement('begin isolation level repeatable read, read only'),
    plainAnswers,
    // If the network goes silent meanwhile, nobody else ends this transaction, which keeps its locks and its snapshot.
    statement(
      `select set_config('lock_timeout', '2000', true), set_config('statement_timeout', '30000', true),
  set_config('idle_in_transaction_session_timeout', '10000', true), set_config('search_path', 'public', true)`,
    ),
  ])
  const found = await locateAll(
    client,
    asked.map(({ lookup }) => lookup!),
  )
  const objects = new Map(found.map((one) => [asked[one.no]!, one]))
  const roots = located.flatMap((one) => (isDrop(one.effect) ? (objects.get(one) ?? []) : []))
  const going = goingWith(located, objects, new Dependencies(await edgesFrom(client, roots)))
  const nodes = [...going.values()].flatMap(({ along, dependents }) => [...along, ...dependents])
  const described = await describeAll(client, nodes)
  const referring = await referringRows(client, located, objects)
  await sendAll(client, [statement('rollback')])

  const counter = new Counter(client, limits)
  await counter.countAll(tablesToCount(located, objects, [...going.values()], described))
  const losses: Loss[] = []
  for (const one of located) {
    const object = objects.get(one)
    const { along, dependents } = going.get(one) ?? { along: [], dependents: [] }
    const others = othersOf(dependents, described)
    const isCascade = 'cascade' in one.effect && one.effect.cascade
    const cascades = isCascade ? others.map((other) => counted(counter, other)) : []
    for (const { table, sql } of referring.get(one) ?? [])
      cascades.push({ kind: 'rows of', name: table, table, count: await counter.matching(sql) })
    losses.push({
      step: one.step,
      effect: one.effect,
      state: stateOf(one, object),
      count: await countOf(counter, one, object),
      along: othersOf(along, described),
      cascades: cascades.filter(({ kind, count }) => kind !== 'rows of' || count?.kind !== 'exact' || count.count > 0),
      refusedBy: isCascade ? [] : others,
    })
  }
  return losses
}

const isDrop = ({ type }: Effect): boolean => type === 'drop' || type === 'drop part'

function stateOf({ effect, lookup, table }: Located, object: FoundObject | undefined): Loss['state'] {
  if (lookup !== undefined) return object === undefined ? 'gone' : 'there'
  return isDrop(effect) && table === null && !isUntracked(effect) ? 'new' : 'there'
}

/** Schemas, extensions and the like are named and not looked up. */
const isUntracked = (effect: Effect): boolean =>
  effect.type === 'drop' && ['schema', 'extension', 'collation', 'statistics'].includes(effect.kind)

/** In the order of the statements: what an earlier one has dropped is in nobody's way later. */
function goingWith(
  located: readonly Located[],
  objects: ReadonlyMap<Located, FoundObject>,
  dependencies: Dependencies,
): Map<Located, Going> {
  const found = new Map<Located, Going>()
  for (const together of Map.groupBy(located, ({ statement: number }) => number).values()) {
    const drops = together.filter((one) => isDrop(one.effect) && objects.has(one))
    if (drops.length === 0) continue
    const cascade = drops.some(({ effect }) => 'cascade' in effect && effect.cascade)
    const going = dependencies.drop(
      drops.map((one) => objects.get(one)!),
      cascade,
    )
    for (const [index, one] of drops.entries()) found.set(one, going[index]!)
  }
  return found
}
