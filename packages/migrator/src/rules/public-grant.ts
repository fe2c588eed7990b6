import { sqlName } from '../catalog/place.ts'
import type { Catalog, DatabaseObject, Owned } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Breach, Rule } from './finding.ts'

/** What changes rows, or lets somebody act on each row that others write. */
const CHANGES = /^(INSERT|UPDATE|DELETE|TRUNCATE|TRIGGER|REFERENCES|MAINTAIN)\b/

interface Granted extends Owned {
  readonly name: string
}

const toPublic = ({ grants = [] }: Pick<Owned, 'grants'>): readonly string[] =>
  grants.find(({ to }) => to === 'PUBLIC')?.privileges ?? []

export const publicGrant: Rule = {
  name: 'public-grant',
  severity: 'warning',
  stake: 'exposure',
  summary: 'PUBLIC has no right on a table, view or sequence, and does not create objects in a schema.',
  consequence:
    'Every role that can log in has it, now and in future: a role for monitoring reads the users, and one that may create objects puts its ' +
    'own in front of yours.',

  *find({ catalog, place }) {
    for (const table of catalog.tables) {
      if (table.extension === null) yield* onRelation(table, 'table', place(table))
    }
    for (const view of catalog.views) {
      if (view.extension === null) yield* onRelation(view, 'view')
    }
    for (const sequence of catalog.sequences) {
      if (sequence.extension === null) yield* onRelation(sequence, 'sequence')
    }
    yield* onSchemas(catalog)
    for (const object of catalog.objects ?? []) yield* byDefault(object)
  },
}

function* onRelation(
  relation: Granted,
  kind: 'table' | 'view' | 'sequence',
  table: string | null = null,
): Iterable<Breach> {
  const privileges = toPublic(relation)
  if (privileges.length === 0) return
  const words = privileges.join(', ')
  // GRANT and REVOKE call a view a table.
  const on = `${kind === 'sequence' ? 'SEQUENCE' : 'TABLE'} ${sqlName(relation)}`
  yield {
    table,
    column: null,
    found: `PUBLIC has ${words}${table === null ? ` on ${kind} ${sqlName(relation)}` : ''}`,
    expected: 'rights for the roles that need them',
    remedy: `REVOKE ${withoutOption(privileges)} ON ${on} FROM PUBLIC, then GRANT them to those roles.`,
    severity: kind !== 'sequence' && privileges.some((privilege) => CHANGES.test(privilege)) ? 'error' : 'warning',
    pattern: `${kind}s on which PUBLIC has ${words}`,
  }
}

const withoutOption = (privileges: readonly string[]): string =>
  privileges.map((privilege) => privilege.replace(/ WITH GRANT OPTION$/, '')).join(', ')

function* onSchemas({ objects = [], otherSchemas }: Catalog): Iterable<Breach> {
  const unread = new Set(otherSchemas.map(({ name }) => name))
  for (const schema of objects) {
    if (schema.kind !== 'schema' || schema.extension !== null || unread.has(schema.name)) continue
    if (!toPublic(schema).some((privilege) => /^CREATE\b/.test(privilege))) continue
    yield {
      table: null,
      column: null,
      found: `PUBLIC may create objects in schema ${quoted(schema.name)}`,
      expected: 'CREATE for the role of the migrations alone',
      remedy: `REVOKE CREATE ON SCHEMA ${quoted(schema.name)} FROM PUBLIC (PostgreSQL 14 and older grant it in every new database, and an upgrade keeps it).`,
    }
  }
}

/** The definition of default privileges: `SELECT to PUBLIC; INSERT, SELECT to app`. */
function* byDefault({ kind, name, definition }: DatabaseObject): Iterable<Breach> {
  if (kind !== 'default privileges' || !/^(tables|sequences|schemas) /.test(name)) return
  const given = definition.split('; ').find((part) => part.endsWith(' to PUBLIC'))
  if (given === undefined) return
  const privileges = given.replace(/ to PUBLIC$/, '')
  const [, objects, role, schema] = /^(\w+) that (.+) will make(?: in (.+))?$/s.exec(name) ?? []
  if (objects === undefined) return
  yield {
    table: null,
    column: null,
    found: `PUBLIC is given ${privileges} on the ${name}`,
    expected: 'default privileges for the roles that need them',
    remedy: `ALTER DEFAULT PRIVILEGES FOR ROLE ${role}${schema === undefined ? '' : ` IN SCHEMA ${schema}`} REVOKE ${withoutOption(privileges.split(', '))} ON ${objects.toUpperCase()} FROM PUBLIC`,
  }
}
