/** Tables and the foreign keys between them, and extensions. What must be found, and what must not. */
import { describe, expect, test } from 'vitest'
import type { Catalog, DatabaseObject } from '../src/catalog/types.ts'
import { runRules } from '../src/rules/run.ts'
import { catalogAfter, findingsOf, told } from './found-by-rule.ts'
import { ownDatabase } from './own-database.ts'

const own = ownDatabase()

const found = async (rule: string, sql: string) => told(await findingsOf(own.client, rule, sql))

describe('fk-partly-null', () => {
  const target = 'create table b (x int, y int, z int, primary key (x, y, z)); '
  const bound = 'foreign key (x, y, z) references b'

  test('a foreign key that is not checked where one of its columns is NULL is found', async () => {
    expect(
      await found('fk-partly-null', `${target} create table a (x int not null, y int, z int, constraint f ${bound})`),
    ).toEqual(['a.y: f on (x, y, z): y, z may be NULL'])
  })

  test.each([
    `create table a (x int not null, y int not null, z int not null, ${bound})`,
    `create table a (x int, y int, z int, ${bound} match full)`,
    `create table a (x int, y int, z int, ${bound}, check (num_nulls(x, y, z) in (0, 3)))`,
    'create table c (t int, i int, primary key (t, i)); create table a (t int not null, i int, foreign key (t, i) references c)',
  ])('%s is let pass', async (sql) => {
    expect(await found('fk-partly-null', target + sql)).toEqual([])
  })

  test('the CHECK that it proposes settles it', async () => {
    const sql = `${target} create table a (x int not null, y int, z int, ${bound})`
    const [one] = await findingsOf(own.client, 'fk-partly-null', sql)
    expect(await found('fk-partly-null', `${sql}; ${one!.remedy.replace(', and validate it.', '')}`)).toEqual([])
  })
})

describe('fk-cycle', () => {
  const circle = (b: string, a: string) => `create table a (id int primary key, b_id int ${a});
    create table b (id int primary key, c_id int not null); create table c (id int primary key, a_id int not null references a);
    alter table a add constraint f foreign key (b_id) references b; alter table b add constraint g foreign key (c_id) references c ${b}`

  test('tables that need each other’s rows before they are there are told once, and the remedy settles it', async () => {
    const findings = await findingsOf(own.client, 'fk-cycle', circle('', 'not null'))
    expect(told(findings)).toEqual(['a.b_id: a → b → c → a, each NOT NULL and checked at once'])
    expect(await found('fk-cycle', `${circle('', 'not null')}; ${findings[0]!.remedy}`)).toEqual([])
  })

  test.each([
    ['one may be NULL', circle('', '')],
    ['one is checked at the end', circle('deferrable initially deferred', 'not null')],
    ['a table refers to itself', 'create table a (id int primary key, parent int not null references a)'],
    [
      'two ways lead to one table',
      'create table c (id int primary key); create table b (id int primary key references c); create table a (id int not null references b, c int not null references c)',
    ],
  ])('nothing is found where %s', async (_what, sql) => {
    expect(await found('fk-cycle', sql)).toEqual([])
  })
})

describe('inherited-table', () => {
  test('a table with heirs is found, with more confidence where it has keys; a partitioned one is not', async () => {
    const sql = `create table a (x int primary key); create table a1 () inherits (a); create table a2 () inherits (a);
      create table b (x int); create table b1 () inherits (b); create table p (x int) partition by range (x); create table p1 partition of p default`
    const findings = await findingsOf(own.client, 'inherited-table', sql)
    expect(findings.map(({ table, found, confidence }) => `${table}: ${found} (${confidence})`)).toEqual([
      'a: inherited by a1, a2 (high)',
      'b: inherited by b1 (low)',
    ])
  })
})

describe('autovacuum-off', () => {
  test('is found, and its remedy settles it; other settings are let pass', async () => {
    const sql =
      'create table a () with (autovacuum_enabled = off); create table b () with (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 70)'
    const findings = await findingsOf(own.client, 'autovacuum-off', sql)
    expect(told(findings)).toEqual(['a.null: WITH (autovacuum_enabled=off)'])
    expect(await found('autovacuum-off', `${sql}; ${findings[0]!.remedy}`)).toEqual([])
  })
})

describe('replica-identity', () => {
  test.each([
    'create publication p for all tables',
    'create publication p for table a',
    'create publication p for table b, table a where (x > 0)',
    'create publication p for tables in schema public',
    `create publication p for table a with (publish = 'insert, delete')`,
  ])('a table without a key is found: %s', async (sql) => {
    const made = `create table a (x int); create table b (x int primary key); ${sql}`
    expect(await found('replica-identity', made)).toEqual(['a.null: published by p, without a replica identity'])
    expect(await found('replica-identity', `${made}; alter table a replica identity full`)).toEqual([])
  })

  test.each([
    'create publication p for table b',
    `create publication p for all tables with (publish = 'insert')`,
    'create publication p',
  ])('it is let pass where none of its changes are published: %s', async (sql) => {
    expect(
      await found('replica-identity', `create table a (x int); create table b (x int primary key); ${sql}`),
    ).toEqual([])
  })
})

describe('wide-table', () => {
  test('a table of more than a hundred columns is found', async () => {
    const columns = (count: number) => Array.from({ length: count }, (_, at) => `c${at} int`).join(', ')
    const sql = `create table a (${columns(101)}); create table b (${columns(100)})`
    expect(await found('wide-table', sql)).toEqual(['a.null: more than 100 columns'])
  })
})

describe('key-runs-out', () => {
  const after = async (rows: number, lastValue: number | null): Promise<string[]> => {
    const catalog = await catalogAfter(own.client, 'create table a (id serial primary key, n int, s bigserial)')
    const changed: Catalog = {
      ...catalog,
      tables: catalog.tables.map((table) => ({ ...table, estimatedRows: rows })),
      sequences: catalog.sequences.map((sequence) => ({ ...sequence, lastValue })),
    }
    return told(runRules(changed, { v1: { ...catalog, tables: [] } }).filter(({ rule }) => rule === 'key-runs-out'))
  }
  const expected = ['a.id: integer from sequence a_id_seq, more than half of its 2147483647 numbers used']

  test('a key with half of its numbers used is found, by its rows or by its sequence', async () => {
    expect(await after(1_100_000_000, null)).toEqual(expected)
    expect(await after(10, 1_100_000_000)).toEqual(expected)
    expect(await after(1_000_000_000, 1_000_000_000)).toEqual([])
  })
})

describe('extensions', () => {
  const of = async (name: string, dependents: readonly string[] = []): Promise<string[]> => {
    const catalog = await catalogAfter(own.client, '')
    const extension: DatabaseObject = {
      kind: 'extension',
      name,
      table: null,
      definition: '',
      comment: null,
      extension: null,
      dependents,
    }
    return runRules({ ...catalog, objects: [extension] }).map(
      ({ rule, found, remedy }) => `${rule} ${found} → ${remedy}`,
    )
  }

  test('one that newer versions do not have is told with what uses it', async () => {
    expect(await of('xml2', ['function public.f(text)'])).toEqual([
      'extension-removed extension xml2: PostgreSQL’s manual calls it deprecated → Replace it in function public.f(text), then DROP EXTENSION xml2',
    ])
    expect(await of('adminpack')).toEqual([
      'extension-removed extension adminpack: PostgreSQL 17 no longer has it → DROP EXTENSION adminpack, after a look for functions that call it: nothing else uses it.',
    ])
  })

  test('one that reaches beyond the database is told', async () => {
    expect(await of('plpython3u', ['function public.f()'])).toEqual([
      'untrusted-extension extension plpython3u: its functions run any Python → Move what needs it into a service (used by function public.f()), then DROP EXTENSION plpython3u',
    ])
    expect(await of('file_fdw')).toEqual([
      'untrusted-extension extension file_fdw: its foreign tables read files of the server and run programs → Move what needs it into a service (nothing uses it), then DROP EXTENSION file_fdw',
    ])
  })

  test.each(['plpgsql', 'pg_trgm', 'pgcrypto', 'citext', 'constructor'])('%s is let pass', async (name) => {
    expect(await of(name)).toEqual([])
  })
})
