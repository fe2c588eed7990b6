/** Which tables hold what a down would destroy, and what was counted of each loss. */
import type { TableName } from '../database/row-estimates.ts'
import type { ObjectName } from '../sql/effect.ts'
import { quoted } from '../sql/names.ts'
import type { Count, Counted, Counter } from './count.ts'
import type { Going } from './going.ts'
import type { Located } from './located.ts'
import type { Other } from './loss.ts'
import { type Described, type FoundObject, keyOf, type Node } from './objects.ts'

export const othersOf = (nodes: readonly Node[], described: ReadonlyMap<string, Described>): Other[] =>
  nodes
    .flatMap((node) => described.get(keyOf(node)) ?? [])
    .map(({ type, identity, table }) => ({ kind: type, name: identity, table }))
    .sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1))

const HOLDS_ROWS = new Set(['r', 'p', 'm'])

const nameOf = ({ schema, name }: ObjectName): TableName => ({ schema: schema ?? 'public', name })

export async function countOf(
  counter: Counter,
  { effect, lookup, table }: Located,
  object: FoundObject | undefined,
): Promise<Count | undefined> {
  if (lookup === undefined || object === undefined || table === null) return undefined
  if (object.relkind === 'f') return { kind: 'unknown', why: 'its rows are on another server' }
  if (object.relkind === null || !HOLDS_ROWS.has(object.relkind)) return undefined
  if (effect.type !== 'rows' || effect.matching === '')
    return counter.of(nameOf(table))?.get(lookup.kind === 'column' ? lookup.name : '')
  if (effect.matching === undefined) return { kind: 'unknown', why: 'which rows is decided when it runs' }
  // A table that has another name by then is given that name, by which the conditions may call it.
  const isRenamed = table.name !== effect.table.name && /^( where|$)/.test(effect.matching)
  const alias = isRenamed ? ` as ${quoted(effect.table.name)}` : ''
  const { schema, name } = nameOf(table)
  return counter.matching(`${quoted(schema)}.${quoted(name)}${alias}${effect.matching}`)
}

export function tablesToCount(
  located: readonly Located[],
  objects: ReadonlyMap<Located, FoundObject>,
  going: readonly Going[],
  described: ReadonlyMap<string, Described>,
): Counted[] {
  const columnsOf = new Map<string, { readonly table: TableName; readonly columns: Set<string> }>()
  const add = (table: TableName, column?: string) => {
    const key = JSON.stringify([table.schema, table.name])
    const known = columnsOf.get(key) ?? { table, columns: new Set<string>() }
    if (column !== undefined) known.columns.add(column)
    columnsOf.set(key, known)
  }
  for (const one of located) {
    const relkind = objects.get(one)?.relkind ?? ''
    const isByCondition = one.effect.type === 'rows' && one.effect.matching !== ''
    if (one.table === null || !HOLDS_ROWS.has(relkind) || isByCondition) continue
    add(nameOf(one.table), one.lookup?.kind === 'column' ? one.lookup.name : undefined)
  }
  for (const other of othersOf(
    going.flatMap(({ dependents }) => dependents),
    described,
  )) {
    const table = tableOf(other)
    if (table !== undefined) add(table, other.kind === 'table column' ? columnOf(other.name) : undefined)
  }
  return [...columnsOf.values()].map(({ table, columns }) => ({ table, columns: [...columns] }))
}

/** The table whose rows or values go with it; undefined for what holds none, and outside public. */
function tableOf({ kind, table }: Other): TableName | undefined {
  if (table === null || (kind !== 'table' && kind !== 'table column')) return undefined
  const found = /^(?:"((?:[^"]|"")*)"|([^".]+))$/.exec(table)
  const name = found?.[1]?.replaceAll('""', '"') ?? found?.[2]
  return name === undefined ? undefined : { schema: 'public', name }
}

/** `users.mood` → `mood`; a name that needs quotes has them. */
function columnOf(identity: string): string {
  const last = /(?:"((?:[^"]|"")*)"|([^."]+))$/.exec(identity)
  return (last?.[1]?.replaceAll('""', '"') ?? last?.[2]) as string
}

export function counted(counter: Counter, other: Other): Other {
  const table = tableOf(other)
  const count = table && counter.of(table)?.get(other.kind === 'table column' ? columnOf(other.name) : '')
  return count === undefined ? other : { ...other, count }
}
