import { sqlName } from '../catalog/place.ts'
import type { DatabaseObject, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

/** `FOR ALL TABLES (insert, update)`, `FOR TABLE users, TABLE a WHERE (...), TABLES IN SCHEMA s (insert, delete)`. */
const CHANGES = / \((?:\w+, )*(?:update|delete)(?:, \w+)*\)/

function publishes({ kind, definition }: DatabaseObject, table: Table): boolean {
  if (kind !== 'publication' || !CHANGES.test(definition)) return false
  if (definition.startsWith('FOR ALL TABLES ')) return true
  const parts = definition.replace(/^FOR /, '').split(', ')
  const names = [`TABLE ${sqlName(table)}`, `TABLES IN SCHEMA ${quoted(table.schema ?? 'public')}`]
  return parts.some((part) => names.some((name) => part === name || part.startsWith(`${name} `)))
}

const lacksIdentity = ({ constraints, replicaIdentity }: Table): boolean =>
  replicaIdentity === 'nothing' ||
  replicaIdentity === 'index (dropped)' ||
  (replicaIdentity === 'default' && !constraints.some(({ kind }) => kind === 'primary key'))

export const replicaIdentity: Rule = {
  name: 'replica-identity',
  severity: 'error',
  stake: 'outage',
  summary: 'A table whose changes are published has a key by which the subscriber knows the row.',
  consequence: 'Each UPDATE and DELETE of it fails, since PostgreSQL cannot say to the subscriber which row is meant.',

  *find({ catalog, tables, place }) {
    const publications = (catalog.objects ?? []).filter(({ kind }) => kind === 'publication')
    for (const table of tables) {
      if (!lacksIdentity(table)) continue
      const publication = publications.find((one) => publishes(one, table))
      if (publication === undefined) continue
      yield {
        table: place(table),
        column: null,
        found: `published by ${quoted(publication.name)}, without a replica identity`,
        expected: 'a primary key, or REPLICA IDENTITY USING INDEX',
        remedy: `Give it a primary key; until then ALTER TABLE ${sqlName(table)} REPLICA IDENTITY FULL`,
      }
    }
  },
}
