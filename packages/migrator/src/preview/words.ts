/** A loss in words. Pure. */
import { plural } from '../errors.ts'
import type { Effect, ObjectName } from '../sql/effect.ts'
import { quoted } from '../sql/names.ts'
import type { Count } from './count.ts'
import type { Loss, Other } from './loss.ts'

const named = ({ schema, name }: ObjectName): string =>
  schema === undefined || schema === 'public' ? quoted(name) : `${quoted(schema)}.${quoted(name)}`

/** `drops column users.mood`; for rows: what is done to them, without their number. */
export function effectWords(effect: Effect): string {
  switch (effect.type) {
    case 'drop': {
      const { kind, object, table, signature } = effect
      const brackets = signature === undefined ? '' : `(${signature})`
      return `drops ${kind} ${named(object)}${brackets}${table === undefined ? '' : ` on ${named(table)}`}`
    }
    case 'drop part':
      return `drops ${effect.kind} ${named(effect.table)}.${quoted(effect.name)}`
    case 'loosen':
      return `drops ${effect.what} of ${named(effect.table)}`
    case 'retype':
      return `converts column ${named(effect.table)}.${quoted(effect.name)} to ${effect.to}`
    case 'detach':
      return `detaches partition ${named(effect.object)} from ${named(effect.table)}`
    case 'rename':
      return `renames ${effect.kind} ${named(effect.object)} to ${quoted(effect.to)}`
    case 'rename column':
      return `renames column ${named(effect.table)}.${quoted(effect.name)} to ${quoted(effect.to)}`
    case 'create':
      return `creates ${named(effect.object)}`
    case 'rows':
      return rowsWords(effect)
    case 'unlisted':
      return 'runs SQL whose effect cannot be listed'
  }
}

function rowsWords({ action, table, columns }: Effect & { type: 'rows' }): string {
  if (action === 'truncate') return `empties table ${named(table)}`
  if (action === 'delete') return `deletes rows of ${named(table)}`
  return `overwrites ${columns.map(quoted).join(', ')} in rows of ${named(table)}`
}

/** What the number counts. */
export const unitOf = ({ type }: Effect): 'row' | 'value' =>
  type === 'drop part' || type === 'retype' ? 'value' : 'row'

const unitOfKind = (kind: string): 'row' | 'value' => (kind === 'table column' ? 'value' : 'row')

/** `25,001 rows`, `about 1,200,000 rows: counting took too long`. */
export function countWords(count: Count, unit: 'row' | 'value'): string {
  if (count.kind === 'unknown') {
    const size = count.bytes === undefined ? '' : `, ${sizeWords(count.bytes)}`
    return `${unit}s not counted: ${count.why}${size}`
  }
  const number = count.count.toLocaleString('en')
  const words = plural(count.count, unit).replace(String(count.count), number)
  return count.kind === 'exact' ? words : `about ${words}: ${count.why}`
}

function sizeWords(bytes: number): string {
  const megabytes = bytes / 1024 / 1024
  return megabytes < 1
    ? `${Math.ceil(bytes / 1024)} kB on disk`
    : `${Math.round(megabytes).toLocaleString('en')} MB on disk`
}

/** Kinds by the words of pg_identify_object, as a person says them. Left out is what holds nothing of its own. */
const ALONG: Readonly<Record<string, readonly [one: string, many: string]>> = {
  index: ['index', 'indexes'],
  'table constraint': ['constraint', 'constraints'],
  trigger: ['trigger', 'triggers'],
  policy: ['policy', 'policies'],
  rule: ['rule', 'rules'],
  sequence: ['sequence', 'sequences'],
  table: ['partition', 'partitions'],
  'statistics object': ['statistics object', 'statistics objects'],
}

/** `with 2 indexes, 1 constraint`. */
export function alongWords(along: readonly Other[]): string {
  const kinds = Map.groupBy(along, ({ kind }) => kind)
  const parts = Object.entries(ALONG).flatMap(([kind, [one, many]]) => {
    const count = kinds.get(kind)?.length ?? 0
    return count === 0 ? [] : [plural(count, one, many)]
  })
  return parts.length === 0 ? '' : `with ${parts.join(', ')}`
}

/** `view active_users (social)`, `table constraint fk_x on sessions (auth)`. `owners`: domain by the name of a table or view. */
export function otherWords({ kind, name, table, count }: Other, owners: ReadonlyMap<string, string>): string {
  const owner = owners.get(plainName(table ?? name)) ?? owners.get(plainName(name))
  const number = count === undefined ? '' : `, ${countWords(count, unitOfKind(kind))}`
  return `${kind.replace('table column', 'column').replace('table constraint', 'constraint')} ${name}${owner === undefined ? '' : ` (of ${owner})`}${number}`
}

const plainName = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text)

/**
 * What all of it comes to, or undefined if nothing that holds data goes. Rows that are deleted from a table which is dropped later are
 * counted with the table.
 */
export function totalWords(losses: readonly Loss[]): string | undefined {
  const dropped = new Set(losses.flatMap(({ effect }) => (effect.type === 'drop' ? effect.object.name : [])))
  const isCounted = ({ effect }: Loss) => effect.type !== 'rows' || !dropped.has(effect.table.name)
  const counts = losses
    .filter(isCounted)
    .flatMap(({ effect, count, cascades }) => [
      { unit: unitOf(effect), count },
      ...cascades.map(({ kind, count: more }) => ({ unit: unitOfKind(kind), count: more })),
    ])
  const known = counts.flatMap(({ unit, count }) => (count === undefined ? [] : [{ unit, count }]))
  const sum = (unit: 'row' | 'value') =>
    known
      .filter((one) => one.unit === unit)
      .reduce((all, { count }) => all + (count.kind === 'unknown' ? 0 : count.count), 0)
  const [rows, values] = [sum('row'), sum('value')]
  const isSure = known.every(({ count }) => count.kind === 'exact')
  if (rows === 0 && values === 0 && isSure) return undefined
  const texts = [
    rows > 0 && countWords({ kind: 'exact', count: rows }, 'row'),
    values > 0 && countWords({ kind: 'exact', count: values }, 'value'),
  ].filter(Boolean)
  if (texts.length === 0) return 'How much this destroys could not be counted.'
  return `Destroys in all: ${isSure ? '' : 'about '}${texts.join(' and ')}.`
}
