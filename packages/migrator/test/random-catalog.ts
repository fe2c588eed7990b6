/** Catalogues that no server would answer, and some that one might: names, references and expressions of every kind, for properties. */
import fc from 'fast-check'
import type { Catalog } from '../src/catalog/types.ts'

const name = fc.oneof(
  fc.constantFrom(
    'id',
    'users',
    'user_id',
    'parent_id',
    'created_at',
    'updated_at',
    'deleted_at',
    'token',
    'created_by',
  ),
  fc.constantFrom('track_plays', 'playlists', 'owner_id', 'resource_type', 'resource_id', 'migration_history', ''),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)
const names = fc.array(name, { maxLength: 3 })
const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const words = fc.oneof(
  fc.constantFrom(
    'CURRENT_TIMESTAMP',
    'now()',
    'uuid_v7()',
    '(deleted_at IS NULL)',
    'CREATE INDEX a ON b USING btree (c)',
  ),
  fc.string(),
)
const oid = fc.nat(50)
const type = fc.oneof(
  fc.constantFrom(
    'uuid',
    'bigint',
    'integer',
    'text',
    'jsonb',
    'timestamp without time zone',
    'timestamp with time zone',
  ),
  fc.constantFrom('character varying(255)', 'date', 'character(3)[]', 'mood'),
  fc.string(),
)

const privileges = fc.array(fc.constantFrom('SELECT', 'UPDATE (email)', 'CREATE', 'INSERT WITH GRANT OPTION'), {
  maxLength: 2,
})
const owned = {
  owner: name,
  grants: fc.array(fc.record({ to: fc.oneof(fc.constant('PUBLIC'), name), privileges }), { maxLength: 2 }),
}
const parts = fc.array(fc.record({ name, definition: words }), { maxLength: 2 })

const column = fc.record({
  name,
  position: fc.nat(20),
  type,
  notNull: fc.boolean(),
  default: nullable(words),
  identity: fc.constantFrom(null, 'always' as const, 'by default' as const),
  generated: fc.boolean(),
  sequence: nullable(name),
  distinct: nullable(fc.integer({ min: -1, max: 100 })),
  comment: nullable(words),
})

const action = fc.constantFrom('no action' as const, 'restrict', 'cascade', 'set null', 'set default')
const constraint = fc.record({
  name,
  kind: fc.constantFrom('primary key' as const, 'unique', 'foreign key', 'check', 'exclude'),
  columns: names,
  definition: words,
  validated: fc.boolean(),
  references: nullable(
    fc.record({
      schema: fc.constantFrom('public', 'chat'),
      table: name,
      columns: names,
      onDelete: action,
      onUpdate: action,
    }),
  ),
  comment: nullable(words),
})

const index = fc.record({
  name,
  method: fc.constantFrom('btree', 'gin', 'hash'),
  unique: fc.boolean(),
  primary: fc.boolean(),
  valid: fc.boolean(),
  keys: names,
  sorting: fc.array(
    fc.record({ operatorClass: name, collation: name, descending: fc.boolean(), nullsFirst: fc.boolean() }),
    { maxLength: 3 },
  ),
  included: names,
  predicate: nullable(words),
  definition: words,
  constraint: nullable(name),
  comment: nullable(words),
})

const trigger = fc.record({ name, function: words, definition: words, enabled: fc.boolean(), comment: nullable(words) })

const table = fc.record({
  oid,
  name,
  kind: fc.constantFrom('table' as const, 'partitioned', 'foreign'),
  parents: names,
  partition: fc.boolean(),
  extension: nullable(name),
  comment: nullable(words),
  columns: fc.array(column, { maxLength: 6 }),
  constraints: fc.array(constraint, { maxLength: 4 }),
  indexes: fc.array(index, { maxLength: 4 }),
  triggers: fc.array(trigger, { maxLength: 2 }),
  estimatedRows: fc.nat(),
  persistence: fc.constantFrom('permanent' as const, 'unlogged'),
  rowSecurity: fc.constantFrom(null, 'enabled' as const, 'forced'),
  replicaIdentity: fc.constantFrom('default', 'nothing', 'full', 'index (dropped)'),
  policies: parts,
  options: fc.array(fc.constantFrom('autovacuum_enabled=off', 'fillfactor=70'), { maxLength: 2 }),
  ...owned,
})

const object = { oid, name, extension: nullable(name), comment: nullable(words) }

export const randomCatalog: fc.Arbitrary<Catalog> = fc.record({
  serverVersionNumber: fc.constantFrom(120_022, 180_004),
  tables: fc.array(table, { maxLength: 6 }),
  views: fc.array(fc.record({ ...object, ...owned, materialized: fc.boolean(), definition: words }), { maxLength: 2 }),
  functions: fc.array(
    fc.record({
      ...object,
      signature: words,
      kind: fc.constantFrom('function' as const, 'procedure', 'aggregate', 'window'),
      definition: nullable(words),
      securityDefiner: fc.boolean(),
      settings: fc.array(fc.oneof(fc.constantFrom('search_path=', 'search_path="$user", a', 'work_mem=1'), words), {
        maxLength: 2,
      }),
      ...owned,
    }),
    { maxLength: 2 },
  ),
  types: fc.array(
    fc.record({
      ...object,
      kind: fc.constantFrom('enum' as const, 'domain', 'range', 'composite'),
      definition: words,
    }),
    { maxLength: 2 },
  ),
  sequences: fc.array(
    fc.record({
      oid,
      name,
      options: words,
      ownedBy: nullable(words),
      extension: nullable(name),
      lastValue: nullable(fc.nat()),
      ...owned,
    }),
    {
      maxLength: 2,
    },
  ),
  objects: fc.array(
    fc.record({
      ...object,
      kind: fc.constantFrom('extension' as const, 'publication', 'schema', 'default privileges', 'setting'),
      name: fc.oneof(fc.constantFrom('xml2', 'plperlu', 'public', 'tables that a will make', 'constructor'), name),
      table: nullable(name),
      definition: fc.oneof(fc.constantFrom('FOR ALL TABLES (insert, update)', 'SELECT to PUBLIC; INSERT to a'), words),
      dependents: names,
      ...owned,
    }),
    { maxLength: 3 },
  ),
  otherSchemas: fc.array(fc.record({ name, relations: fc.nat(3), extension: nullable(name) }), { maxLength: 2 }),
})
