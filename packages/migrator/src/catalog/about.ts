/** What a difference is about, in words. Pure. */
import { quoted } from '../sql/names.ts'
import type { CatalogDifference } from './difference.ts'

/** Their names are no names of SQL: a signature, a setting with its role, words. */
const IN_WORDS: ReadonlySet<CatalogDifference['kind']> = new Set([
  'function',
  'cast',
  'setting',
  'database',
  'default privileges',
  'row',
  'operator',
  'operator class',
  'collation',
  'conversion',
  'text search configuration',
  'text search dictionary',
  'foreign-data wrapper',
  'server',
  'language',
  'subscription',
])

/** `column users.email`, `function f()`, `this database`, `row code = admin of roles`. */
function objectText(kind: CatalogDifference['kind'], { table, name }: CatalogDifference, place: Written): string {
  if (kind === 'database') return name
  if (kind === 'row') return `row ${name} of ${place(table!)}`
  if (kind === 'column' && name === '*') return `the columns of ${place(table!)}`
  const isWhole = table === null || kind === 'table'
  const own = IN_WORDS.has(kind) ? name : isWhole ? place(name) : quoted(name)
  return `${kind} ${isWhole ? own : `${place(table)}.${own}`}`
}

/** How a place is written as SQL. */
type Written = (place: string) => string

/** For catalogues of several schemas, in which a place outside of the home schema begins with its schema. */
export const withSchema: Written = (place) => place.split('.').map(quoted).join('.')

/** `column users.email`, `comment on index users.idx_users_email`, `rights of PUBLIC on table users`. Default: all is in the home schema. */
export function aboutText(one: CatalogDifference, place: Written = quoted): string {
  const { kind, of } = one
  if (of === undefined) return objectText(kind, one, place)
  const object = objectText(of, one, place)
  if (kind === 'comment') return `comment on ${object}`
  return kind === 'grant' ? `rights of ${one.role} on ${object}` : `${kind} of ${object}`
}
