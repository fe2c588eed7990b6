/**
 * The figures of an audit against the same figures counted in SQL, by another way: information_schema and pg_catalog, with none of the
 * code that makes them.
 */
import { readFileSync } from 'node:fs'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readLive } from '../src/audit/live/live.ts'
import { type Figures, figuresOf } from '../src/audit/weight/figures.ts'
import type { Catalog } from '../src/catalog/types.ts'
import { connect } from '../src/database/connect.ts'

const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 }

let v1: Catalog
let legacy: TestDatabase
let figures: Figures

async function catalogOf({ url }: TestDatabase): Promise<Catalog> {
  const client = await connect(url, 'test')
  try {
    return (await readLive(client, limits)).catalog
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  await using migrated = await testDatabase({ migrated: 'v1' })
  v1 = await catalogOf(migrated)
  legacy = await testDatabase()
  await legacy.client.query(readFileSync(new URL('legacy/schema.sql', import.meta.url), 'utf8'))
  figures = figuresOf(await catalogOf(legacy), v1)
})
afterAll(async () => {
  await legacy?.drop()
})

/** Tables of public that are no partition. */
const JUDGED = `judged as (select c.oid, c.relname from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition)`
const COLUMNS = `cols as (select c.* from information_schema.columns c join judged j on j.relname = c.table_name where c.table_schema = 'public')`
/** The columns of each primary key, joined. */
const KEYS = `keys as (select j.relname, count(k.column_name) as columns, min(k.column_name) as name from judged j
  left join information_schema.table_constraints t on t.table_name = j.relname and t.table_schema = 'public' and t.constraint_type = 'PRIMARY KEY'
  left join information_schema.key_column_usage k on k.constraint_name = t.constraint_name and k.table_name = j.relname
  group by j.relname)`
const FOREIGN = `fks as (select o.* from pg_constraint o join judged j on j.oid = o.conrelid where o.contype = 'f')`

const counted = async <T>(sql: string): Promise<T> => {
  const { rows } = await legacy.client.query(`with ${JUDGED}, ${COLUMNS}, ${KEYS}, ${FOREIGN} ${sql}`)
  return JSON.parse(JSON.stringify(rows[0]), (_, value) => (/^\d+$/.test(value) ? Number(value) : value))
}

describe('the legacy fixture, counted by hand', () => {
  test('tables and columns', async () => {
    const byHand = await counted(
      `select (select count(*) from judged) as tables, (select count(*) from cols) as columns`,
    )
    expect({ tables: figures.tables, columns: figures.columns }).toEqual(byHand)
  })

  test('keys: 17 bigint keys and an integer one come from sequences, the others are uuid or composite, one table has none', async () => {
    const ofOne = `from keys k join cols c on c.table_name = k.relname and c.column_name = k.name where k.columns = 1`
    const { sequence, number, uuid, other, composite, none } = figures.keys
    expect({ sequence, number, uuid, other, composite, none }).toEqual(
      await counted(`select
        (select count(*) ${ofOne} and (c.is_identity = 'YES' or c.column_default like 'nextval%')) as sequence,
        (select count(*) ${ofOne} and c.data_type ~ 'int' and c.is_identity = 'NO' and c.column_default is null) as number,
        (select count(*) ${ofOne} and c.data_type = 'uuid') as uuid,
        (select count(*) ${ofOne} and c.data_type !~ 'int|uuid') as other,
        (select count(*) from keys where columns > 1) as composite, (select count(*) from keys where columns = 0) as none`),
    )
    expect(figures.keys.types[0]).toEqual({ name: 'bigint', count: 17 })
    expect(figures.keys.types.find(({ name }) => name === 'integer')?.count).toBe(sequence - 17)
    expect(figures.keys.uuidDefaults).toEqual([{ name: 'gen_random_uuid()', count: uuid }])
  })

  test('foreign keys: by what a delete does, without an index, not uuid', async () => {
    const by = (action: string) => `(select count(*) from fks where confdeltype = '${action}')`
    expect(figures.references.onDelete).toEqual(
      await counted(`select ${by('a')} as "no action", ${by('r')} as restrict, ${by('c')} as cascade,
        ${by('n')} as "set null", ${by('d')} as "set default"`),
    )
    const { withoutOnDelete, withoutIndex, notUuid, acrossSchemas, withoutForeignKey } = figures.references
    expect({
      withoutOnDelete: withoutOnDelete.count,
      of: withoutOnDelete.of,
      withoutIndex: withoutIndex.count,
      notUuid: notUuid.count,
      acrossSchemas: acrossSchemas.count,
      unbound: withoutForeignKey.count,
      like: withoutForeignKey.of,
    }).toEqual(
      await counted(`select ${by('a')} as "withoutOnDelete", (select count(*) from fks) as of,
        (select count(*) from fks f where not exists (select from pg_index i where i.indrelid = f.conrelid
          and i.indpred is null and i.indkey[0] = f.conkey[1])) as "withoutIndex",
        (select count(*) from fks f join pg_attribute a on a.attrelid = f.conrelid and a.attnum = any (f.conkey)
          where a.atttypid <> 'uuid'::regtype) as "notUuid",
        (select count(*) from fks f join pg_class c on c.oid = f.confrelid where c.relnamespace <> 'public'::regnamespace) as "acrossSchemas",
        (select count(*) from cols c where c.column_name like '%\\_id' and not exists (select from fks f join pg_attribute a
          on a.attrelid = f.conrelid and a.attnum = any (f.conkey) join judged j on j.oid = f.conrelid
          where j.relname = c.table_name and a.attname = c.column_name)) as unbound,
        (select count(*) from cols where column_name like '%\\_id') as like`),
    )
  })

  test('time: zones, created_at and updated_at, triggers, the words of the defaults', async () => {
    const having = (name: string, more = '') => `(select count(*) from cols where column_name = '${name}' ${more})`
    const { withoutZone, createdAt, createdAtNotNull, updatedAt, updatedAtNotNull, updatedAtTrigger, defaults } =
      figures.times
    expect({
      withoutZone: withoutZone.count,
      timestamps: withoutZone.of,
      createdAt: createdAt.count,
      createdAtNotNull: createdAtNotNull.count,
      updatedAt: updatedAt.count,
      updatedAtNotNull: updatedAtNotNull.count,
      triggers: updatedAtTrigger.count,
      now: defaults.now,
      current: defaults.currentTimestamp,
    }).toEqual(
      await counted(`select (select count(*) from cols where data_type = 'timestamp without time zone') as "withoutZone",
        (select count(*) from cols where data_type like 'timestamp%') as timestamps,
        ${having('created_at')} as "createdAt", ${having('created_at', "and is_nullable = 'NO'")} as "createdAtNotNull",
        ${having('updated_at')} as "updatedAt", ${having('updated_at', "and is_nullable = 'NO'")} as "updatedAtNotNull",
        (select count(distinct event_object_table) from information_schema.triggers
          where event_manipulation = 'UPDATE' and action_timing = 'BEFORE') as triggers,
        (select count(*) from cols where column_default = 'now()') as now,
        (select count(*) from cols where column_default = 'CURRENT_TIMESTAMP') as current`),
    )
    expect([defaults.now, updatedAtTrigger.of]).toEqual([1, updatedAt.count])
  })

  test('soft delete: who has deleted_at, who lacks what V1 has, which unique indexes count deleted rows', async () => {
    const { deletedAt, missing, uniqueOverDeleted } = figures.softDelete
    const resources = v1.tables.filter(({ columns }) => columns.some(({ name }) => name === 'deleted_at'))
    const names = resources.map(({ name }) => `'${name}'`).join()
    const without = `not exists (select from cols c where c.table_name = j.relname and c.column_name = 'deleted_at')`
    expect({
      deletedAt: deletedAt.count,
      missing: missing.count,
      of: missing.of,
      unique: uniqueOverDeleted.count,
    }).toEqual(
      await counted(`select (select count(*) from cols where column_name = 'deleted_at') as "deletedAt",
        (select count(*) from judged j where j.relname in (${names}) and ${without}) as missing,
        (select count(*) from judged j where j.relname in (${names})) as of,
        (select count(*) from pg_index i join judged j on j.oid = i.indrelid
          where i.indisunique and not i.indisprimary and i.indpred is null and not ${without}) as unique`),
    )
    expect([deletedAt.of, missing]).toEqual([figures.tables, { count: 7, of: 10 }])
  })

  test('text, comments, objects, schemas', async () => {
    const { limitedText, commented, objects, schemas } = figures
    expect({ limited: limitedText.count, text: limitedText.of, commented: commented.count, ...objects }).toEqual(
      await counted(`select (select count(*) from cols where character_maximum_length is not null) as limited,
        (select count(*) from cols where data_type in ('text', 'character varying', 'character')) as text,
        (select count(*) from judged where obj_description(oid, 'pg_class') is not null) as commented,
        (select count(*) from pg_index i join judged j on j.oid = i.indrelid) as indexes,
        (select count(*) from pg_trigger t join judged j on j.oid = t.tgrelid where not t.tgisinternal) as triggers,
        (select count(*) from information_schema.views where table_schema = 'public') as views,
        (select count(*) from information_schema.routines where routine_schema = 'public') as functions,
        (select count(distinct enumtypid) from pg_enum) as enums,
        (select count(*) from pg_sequences where schemaname = 'public') as sequences`),
    )
    expect(schemas).toEqual([
      { name: 'public', audited: true, relations: figures.tables + objects.views },
      { name: 'chat', audited: false, relations: 1 },
      { name: 'reporting', audited: false, relations: 1 },
    ])
  })
})

describe('any database', () => {
  async function figuresAfter(sql: string): Promise<Figures> {
    await using database = await testDatabase()
    await database.client.query(sql)
    return figuresOf(await catalogOf(database), v1)
  }

  test('V1 has none of the faults that are counted', () => {
    const { keys, references, times, softDelete } = figuresOf(v1, v1)
    expect({ ...keys, uuid: 0 }).toMatchObject({ sequence: 0, number: 0, other: 0, composite: 0, none: 0 })
    expect([references.withoutOnDelete.count, references.withoutIndex.count, references.notUuid.count]).toEqual([
      0, 0, 0,
    ])
    expect([times.withoutZone.count, times.defaults.now, times.defaults.other]).toEqual([0, 0, 0])
    expect(times.createdAt.count).toBe(times.createdAt.of)
    expect(softDelete.missing.count).toBe(0)
  })

  test('a partition is counted in its parent, and the partition key makes no composite key', async () => {
    const { tables, keys, columns, references } = await figuresAfter(`create table other (id uuid primary key);
      create table parts (id uuid, day date, other_id uuid references other, primary key (id, day)) partition by range (day);
      create table part_1 partition of parts for values from ('2026-01-01') to ('2026-02-01');
      create table part_2 partition of parts default`)
    expect({ tables, columns, uuid: keys.uuid, composite: keys.composite }).toEqual({
      tables: 2,
      columns: 4,
      uuid: 2,
      composite: 0,
    })
    expect(references.withoutOnDelete).toEqual({ count: 1, of: 1 })
  })

  test('each kind of key is told apart, whoever wrote its default', async () => {
    const { keys } = await figuresAfter(`create extension "uuid-ossp"; create sequence own;
      create function uuid_v7() returns uuid language sql as 'select gen_random_uuid()';
      create table a (id uuid primary key default public.uuid_generate_v4());
      create table b (id uuid primary key default uuid_v7());
      create table c (id uuid primary key);
      create table d (id uuid primary key default md5('x')::uuid);
      create table e (id bigint primary key default nextval('own'));
      create table f (id integer primary key);
      create table g (id text primary key);
      create table h (id bigint generated by default as identity primary key)`)
    expect(keys).toMatchObject({ sequence: 2, number: 1, uuid: 4, other: 1, composite: 0, none: 0 })
    expect(keys.uuidDefaults).toEqual([
      { name: 'another expression', count: 1 },
      { name: 'none', count: 1 },
      { name: 'uuid_generate_v4()', count: 1 },
      { name: 'uuid_v7()', count: 1 },
    ])
  })

  test('a clock in a default is known by its word, and not by text that mentions one', async () => {
    const { times } = await figuresAfter(`create table a (
      a timestamptz default now(), b timestamp default (now() at time zone 'utc'), c timestamptz default current_timestamp,
      d timestamptz(3) default current_timestamp(3), e date default current_date, f timestamptz default clock_timestamp(),
      g text default 'now() or CURRENT_TIMESTAMP', h timestamptz default '2026-01-01', i timestamp(6))`)
    expect(times.defaults).toEqual({ now: 2, currentTimestamp: 2, other: 2 })
    expect(times.withoutZone).toEqual({ count: 2, of: 7 })
  })

  test('a column that is named like a reference and is the key of its own row counts as none', async () => {
    const { references } = await figuresAfter(`create table film (film_id int primary key, "directorId" int);
      create table film_text (film_id int primary key references film, studio_uuid uuid, paid int)`)
    expect(references.withoutForeignKey).toEqual({ count: 2, of: 3 })
  })

  test('an empty database has figures too', async () => {
    const { tables, references, times } = await figuresAfter('select 1')
    expect([tables, references.withoutOnDelete, times.createdAt]).toEqual([0, { count: 0, of: 0 }, { count: 0, of: 0 }])
  })
})
