/**
 * What the downs of these steps would destroy: their statements are read, and the database is asked what stands behind each name, what goes
 * along, what else depends on it, and how much it holds. Nothing is changed, and no lock is waited for.
 */
import { type Client, sqlState } from '../database/connect.ts'
import { QueryFailedError } from '../database/errors.ts'
import { sendAll } from '../database/pipeline.ts'
import { MigratorError, reason } from '../errors.ts'
import type { Effect } from '../sql/effect.ts'
import { quoted } from '../sql/names.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { COUNT_LIMITS, type Count, Counter, type CountLimits } from './count.ts'
import { Dependencies, type Going } from './going.ts'
import { type Located, locatedEffects } from './located.ts'
import { type Described, describeAll, edgesFrom, type FoundObject, keyOf, locateAll, type Node } from './objects.ts'
import { referringRows } from './referring.ts'

/** An object that goes with another, or that is in its way. */
export interface Other {
  /** `index`, `view`, `table constraint`. */
  readonly kind: string
  /** `fk_sessions_user on sessions`. */
  readonly name: string
  /** The table that it is, or is a part of. */
  readonly table: string | null
  readonly count?: Count
}

export interface Loss {
  readonly step: Planned
  readonly effect: Effect
  /** `new`: an earlier statement of these downs has made it, so the database has nothing of that name now. */
  readonly state: 'there' | 'gone' | 'new'
  /** The rows or values that go; undefined for what holds none. */
  readonly count: Count | undefined
  readonly along: readonly Other[]
  /** Goes because the statement says CASCADE, or because a foreign key says ON DELETE CASCADE. */
  readonly cascades: readonly Other[]
  /** Without CASCADE the server refuses the drop because of these. */
  readonly refusedBy: readonly Other[]
}

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
    // If the network goes silent meanwhile, nobody else ends this transaction, which keeps its locks and its snapshot.
    statement(
      `select set_config('lock_timeout', '2000', true), set_config('statement_timeout', '30000', true),
  set_config('idle_in_transaction_session_timeout', '10000', true)`,
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
  const columns = columnsWanted(
    found.map(({ no }) => asked[no]!),
    [...going.values()],
    described,
  )
  const losses: Loss[] = []
  for (const one of located) {
    const object = objects.get(one)
    const { along, dependents } = going.get(one) ?? { along: [], dependents: [] }
    const others = othersOf(dependents, described)
    const isCascade = 'cascade' in one.effect && one.effect.cascade
    const cascades: Other[] = []
    for (const other of isCascade ? others : []) cascades.push(await counted(counter, other, columns))
    for (const { table, sql } of referring.get(one) ?? [])
      cascades.push({ kind: 'rows of', name: table, table, count: await counter.matching(sql) })
    losses.push({
      step: one.step,
      effect: one.effect,
      state: stateOf(one, object),
      count: await countOf(counter, one, object, columns),
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

const othersOf = (nodes: readonly Node[], described: ReadonlyMap<string, Described>): Other[] =>
  nodes
    .flatMap((node) => described.get(keyOf(node)) ?? [])
    .map(({ type, identity, table }) => ({ kind: type, name: identity, table }))
    .sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1))

const HOLDS_ROWS = new Set(['r', 'p', 'm'])

async function countOf(
  counter: Counter,
  { effect, lookup, table }: Located,
  object: FoundObject | undefined,
  columns: Wanted,
): Promise<Count | undefined> {
  if (lookup === undefined || object === undefined || table === null) return undefined
  const name = { schema: table.schema ?? 'public', name: table.name }
  if (object.relkind === 'f') return { kind: 'unknown', why: 'its rows are on another server' }
  if (object.relkind === null || !HOLDS_ROWS.has(object.relkind)) return undefined
  if (effect.type === 'rows') {
    if (effect.matching === undefined) return { kind: 'unknown', why: 'which rows is decided when it runs' }
    if (effect.matching === '') return (await counter.table(name, columns.of(name.name))).get('')
    // A table that has another name by then is given that name, by which the conditions may call it.
    const alias =
      table.name !== effect.table.name && /^( where|$)/.test(effect.matching) ? ` as ${quoted(effect.table.name)}` : ''
    return counter.matching(`${quoted(name.schema)}.${quoted(name.name)}${alias}${effect.matching}`)
  }
  const column = effect.type === 'drop part' || effect.type === 'retype' ? lookup.name : ''
  return (await counter.table(name, columns.of(name.name))).get(column)
}

/** Which columns of each table are counted, so that a table is read once. */
class Wanted {
  readonly #columns = new Map<string, Set<string>>()
  add(table: string, column: string): void {
    this.#columns.set(table, (this.#columns.get(table) ?? new Set()).add(column))
  }
  of(table: string): string[] {
    return [...(this.#columns.get(table) ?? [])]
  }
}

function columnsWanted(
  located: readonly Located[],
  going: readonly Going[],
  described: ReadonlyMap<string, Described>,
): Wanted {
  const wanted = new Wanted()
  for (const { lookup } of located) if (lookup?.kind === 'column') wanted.add(lookup.table, lookup.name)
  for (const node of going.flatMap(({ dependents }) => dependents)) {
    const one = described.get(keyOf(node))
    if (one?.type === 'table column') wanted.add(one.table ?? '', columnOf(one.identity))
  }
  return wanted
}

/** `users.mood` → `mood`; a name that needs quotes has them. */
const columnOf = (identity: string): string => {
  const last = /(?:"((?:[^"]|"")*)"|([^."]+))$/.exec(identity)
  return (last?.[1]?.replaceAll('""', '"') ?? last?.[2]) as string
}

const plainName = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text)

async function counted(counter: Counter, other: Other, columns: Wanted): Promise<Other> {
  if (other.table === null || other.table.includes('.')) return other
  const table = { schema: 'public', name: plainName(other.table) }
  if (other.kind === 'table') return { ...other, count: (await counter.table(table, columns.of(table.name))).get('')! }
  if (other.kind !== 'table column') return other
  const count = (await counter.table(table, columns.of(other.table))).get(columnOf(other.name))
  return count === undefined ? other : { ...other, count }
}
