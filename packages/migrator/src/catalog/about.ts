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
function objectText(kind: CatalogDifference['kind'], { table, name }: CatalogDifference): string {
  if (kind === 'database') return name
  if (kind === 'row') return `row ${name} of ${quoted(table!)}`
  if (kind === 'column' && name === '*') return `the columns of ${quoted(table!)}`
  const own = IN_WORDS.has(kind) ? name : quoted(name)
  return `${kind} ${table === null || kind === 'table' ? own : `${quoted(table)}.${own}`}`
}

/** `column users.email`, `comment on index users.idx_users_email`, `rights of PUBLIC on table users`. */
export function aboutText(one: CatalogDifference): string {
  const { kind, of } = one
  if (of === undefined) return objectText(kind, one)
  const object = objectText(of, one)
  if (kind === 'comment') return `comment on ${object}`
  return kind === 'grant' ? `rights of ${one.role} on ${object}` : `${kind} of ${object}`
}
