/**
 * The database at V1's last migration against docs/v1-schema.md, column by column, and against the conventions, table by table. The page
 * is parsed and built as temporary tables, and PostgreSQL's own descriptions of both are compared. Tables of later migrations are held
 * against the conventions by `check`.
 */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CatalogueTable, readCatalogue, temporarySchema } from './v1/catalogue.ts'
import { columnsOf, expectedTable, UNNAMED } from './v1/expected-tables.ts'
import { spec } from './v1/parse-spec.ts'

const HISTORY = 'migration_history'
const EVENT_TABLES = ['audit_logs', 'bitrate_adaptation_logs', 'playback_analytics', 'track_plays']

let database: TestDatabase
let actual: Map<string, CatalogueTable>
let expected: Map<string, CatalogueTable>

beforeAll(async () => {
  database = await testDatabase({ migrated: 'v1' })
  actual = await readCatalogue(database.client, 'public')
  // Rolled back, or they would hide the real tables from what follows.
  await database.client.query('begin')
  for (const table of spec.tables) await database.client.query(expectedTable(table))
  expected = await readCatalogue(database.client, await temporarySchema(database.client))
  await database.client.query('rollback')
})
afterAll(async () => {
  await database?.drop()
})

const query = async (text: string): Promise<any[]> => (await database.client.query(text)).rows
const ofKind = (table: CatalogueTable, kind: string) => table.constraints.filter((one) => one.kind === kind)

test('the database has the tables of the page and no other, as many as the page says', () => {
  expect(spec.tables).toHaveLength(spec.tableCount)
  expect([...actual.keys()].filter((name) => name !== HISTORY).sort()).toEqual([...expected.keys()].sort())
})

describe.each(spec.tables)('$name', (table) => {
  const { name } = table
  const both = <T>(read: (table: CatalogueTable) => T): [T, T] => [read(actual.get(name)!), read(expected.get(name)!)]

  test('has these columns, in order, with type, nullability and default', () => {
    const [is, should] = both(({ columns }) => columns.map(({ comment: _, ...column }) => column))
    expect(is).toEqual(should)
    expect(is.map((column) => column.name)).toEqual(columnsOf(table).map((column) => column.name))
  })

  test('checks these conditions, each column in one constraint', () => {
    const [is, should] = both((one) => ofKind(one, 'check').map(({ name, definition }) => ({ name, definition })))
    const definitions = (checks: typeof is) => checks.map(({ definition }) => definition).sort()
    expect(definitions(is)).toEqual(definitions(should))
    expect(is).toEqual(expect.arrayContaining(should.filter((check) => !check.name.startsWith(UNNAMED))))
  })

  test('has these keys: primary, unique, foreign with what a delete does', () => {
    const [is, should] = both((one) => one.constraints.filter(({ kind }) => kind !== 'check'))
    expect(is).toEqual(should)
  })

  test('has these indexes', () => {
    const [is, should] = both(({ indexes }) => indexes)
    expect(is).toEqual(should)
  })

  test('sets updated_at by a trigger where there is one', () => {
    const trigger =
      `CREATE TRIGGER trg_${name}_updated_at BEFORE UPDATE ON public.${name} ` +
      'FOR EACH ROW EXECUTE FUNCTION set_updated_at()'
    expect(actual.get(name)!.triggers.map((one) => one.replace(` ON ${name} `, ` ON public.${name} `))).toEqual(
      table.kind === 'append-only' ? [] : [trigger],
    )
  })
})

describe('every table, also that of the history, which the page does not know', () => {
  /** What breaks the rule, as `table.thing`: a failure shows all of it at once. */
  const offenders = (find: (table: CatalogueTable, name: string) => readonly string[]) =>
    [...actual].flatMap(([name, table]) => find(table, name).map((what) => `${name}: ${what}`))

  test('has id uuid as its whole primary key, a version 7 UUID by default', () => {
    expect(
      offenders(({ columns: [id], constraints }, name) => {
        const key = constraints.find(({ kind }) => kind === 'primary key')
        const fallback = name === HISTORY ? 'gen_random_uuid()' : 'uuid_v7()'
        const isRight = id?.name === 'id' && id.type === 'uuid' && id.default === fallback
        return isRight && key?.columns.join() === 'id' ? [] : [JSON.stringify({ id, key })]
      }),
    ).toEqual([])
  })

  test('has created_at, and knows time only with its zone and from CURRENT_TIMESTAMP', () => {
    expect(
      offenders(({ columns }) => [
        ...(columns.some(({ name }) => name === 'created_at') ? [] : ['no created_at']),
        ...columns
          .filter(
            (column) =>
              /^(timestamp without|date|time)\b/.test(column.type) ||
              /\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\(/.test(column.default ?? '') ||
              (['created_at', 'updated_at'].includes(column.name) &&
                !(column.notNull && column.default === 'CURRENT_TIMESTAMP')),
          )
          .map(({ name }) => name),
      ]),
    ).toEqual([])
  })

  test('that is soft-deleted keeps its unique indexes among the live rows', () => {
    expect(
      offenders(({ columns, indexes }) =>
        columns.some(({ name }) => name === 'deleted_at')
          ? indexes
              .filter((index) => index.unique && !/deleted_at IS NULL/.test(index.where ?? ''))
              .map(({ name }) => name)
          : [],
      ),
    ).toEqual([])
  })

  test('says what a delete does to each foreign key, uuid on both sides, and finds its rows by an index', () => {
    expect(
      offenders((table) =>
        ofKind(table, 'foreign key')
          .filter(({ columns: [column], onDelete }) => {
            const type = table.columns.find(({ name }) => name === column)?.type
            const begun = [
              ...table.indexes.filter(({ where }) => where === null).map(({ first }) => first),
              ...ofKind(table, 'unique').map(({ columns: [first] }) => first),
            ]
            return onDelete === 'NO ACTION' || onDelete === 'SET DEFAULT' || type !== 'uuid' || !begun.includes(column!)
          })
          .map(({ name }) => name),
      ),
    ).toEqual([])
  })

  test('names its constraints and indexes by the scheme', () => {
    const patterns = {
      'primary key': 'pk_TABLE',
      unique: 'uq_TABLE_COLUMNS',
      'foreign key': 'fk_TABLE_COLUMNS',
      check: 'chk_TABLE_\\w+',
    }
    expect(
      offenders(({ constraints, indexes }, table) => [
        ...constraints
          .filter(({ name, kind, columns }) => {
            const pattern = kind === 'other' ? '(?!)' : patterns[kind]
            const scheme = pattern.replace('TABLE', table).replace('COLUMNS', columns.join('_'))
            return !new RegExp(`^${scheme}$`).test(name)
          })
          .map(({ name }) => name),
        ...indexes
          .filter(({ name, unique }) => !name.startsWith(`${unique ? 'uq' : 'idx'}_${table}_`))
          .map(({ name }) => name),
      ]),
    ).toEqual([])
  })

  test('keeps text as text: no varchar, no enum', async () => {
    expect(
      offenders(({ columns }) =>
        columns.filter(({ type }) => /^(char|bpchar|money)/.test(type)).map(({ name }) => name),
      ),
    ).toEqual([])
    expect(
      await query(`select typname from pg_type where typtype in ('e', 'd')
      and typnamespace = 'public'::regnamespace`),
    ).toEqual([])
  })

  test('has a comment of one sentence', () => {
    expect(offenders(({ comment }) => (/^[A-Z][^.]*\.$/.test(comment ?? '') ? [] : [String(comment)]))).toEqual([])
  })

  test('says in a comment what is in JSON, and how a hash or a secret was made', () => {
    expect(
      offenders(({ columns }) =>
        columns
          .filter(({ name, type, comment }) => {
            if (type === 'jsonb') return !comment?.startsWith('JSON')
            if (name === 'token_hash' || name === 'checksum') return !comment?.includes('SHA-256')
            return /(hash|secret)$/.test(name) && !comment
          })
          .map(({ name }) => name),
      ),
    ).toEqual([])
  })

  test.each([
    [/_seconds$/, /\bseconds\b/i],
    [/_ms$/, /\bmilliseconds\b/i],
    [/_kbps$/, /\bkilobits per second\b/i],
    [/_percent$/, /\bpercent\b/i],
    [/(_bytes|^bytes_.*|^file_size)$/, /\bbytes\b/i],
    [/^sample_rate$/, /\bhertz\b/i],
    [/^bpm$/, /\bbeats per minute\b/i],
  ])('says the unit of %s in a comment', (columnName, unit) => {
    const columns = [...actual.values()].flatMap(({ columns }) => columns).filter(({ name }) => columnName.test(name))
    expect(columns).not.toHaveLength(0)
    expect(columns.filter(({ comment }) => !unit.test(comment ?? ''))).toEqual([])
  })
})

test('event tables can be partitioned: unique is only the primary key, and nothing references them', () => {
  for (const name of EVENT_TABLES) {
    const { constraints, indexes } = actual.get(name)!
    expect(constraints.filter(({ kind }) => kind === 'unique')).toEqual([])
    expect(indexes.filter(({ unique }) => unique)).toEqual([])
  }
  const targets = [...actual.values()].flatMap(({ constraints }) => constraints.map(({ references }) => references))
  expect(targets).toContain('tracks')
  expect(targets.filter((target) => EVENT_TABLES.includes(target ?? ''))).toEqual([])
})

test('nothing secret has a default', () => {
  const secrets = [...actual.values()]
    .flatMap(({ columns }) => columns)
    .filter(({ name }) => /hash|secret|token/.test(name))
  expect(secrets).not.toHaveLength(0)
  expect(secrets.filter((column) => column.default !== null)).toEqual([])
})

describe('the database', () => {
  test('has no schema but public, no extension, no sequence, no view', async () => {
    expect(
      await query(`select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`),
    ).toEqual([{ nspname: 'public' }])
    expect(await query('select extname from pg_extension')).toEqual([{ extname: 'plpgsql' }])
    expect(
      await query(`select relname, relkind from pg_class
      where relnamespace = 'public'::regnamespace and relkind not in ('r', 'i')`),
    ).toEqual([])
  })

  test('has two functions, each with a comment', async () => {
    expect(
      await query(`select proname, provolatile, proparallel, prorettype::regtype::text as type, obj_description(oid, 'pg_proc') as comment
        from pg_proc where pronamespace = 'public'::regnamespace order by proname`),
    ).toEqual([
      { proname: 'set_updated_at', provolatile: 'v', proparallel: 'u', type: 'trigger', comment: expect.any(String) },
      { proname: 'uuid_v7', provolatile: 'v', proparallel: 's', type: 'uuid', comment: expect.any(String) },
    ])
  })

  test('makes version 7 UUIDs: Unix milliseconds, version, variant, the rest random', async () => {
    const [row] = await query(`
      with made as materialized (select clock_timestamp() as before, uuid_v7() as id, clock_timestamp() as after
        from generate_series(1, 1000))
      select count(distinct id)::integer as distinct_ids,
        bool_and(id::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$') as well_formed,
        bool_and(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint
          between floor(extract(epoch from before) * 1000) - 1 and extract(epoch from after) * 1000 + 1) as on_the_clock
      from made`)
    expect(row).toEqual({ distinct_ids: 1000, well_formed: true, on_the_clock: true })
  })
})

describe('reference data', () => {
  test('has the roles of the page, all of them the system’s own', async () => {
    expect(await query('select code, level, is_system from roles order by level')).toEqual(
      spec.roles.map(({ code, level }) => ({ code, level, is_system: true })),
    )
  })

  test('has the permissions of the page and no other', async () => {
    const rows = await query(`select resource || ' ' || action as permission from permissions`)
    expect(rows.map(({ permission }) => permission).sort()).toEqual(
      spec.roles.flatMap((role) => role.permissions).sort(),
    )
  })

  test.each(spec.roles)('$code holds its own permissions and those of every lower role', async ({ code, level }) => {
    const { rows } = await database.client.query(
      `select resource || ' ' || action as permission from role_permissions
         join roles on roles.id = role_id join permissions on permissions.id = permission_id where code = $1`,
      [code],
    )
    const held = spec.roles.filter((role) => role.level <= level).flatMap(({ permissions }) => permissions)
    expect(rows.map(({ permission }) => permission).sort()).toEqual(held.sort())
  })
})
