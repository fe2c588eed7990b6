/** Who may do what: row level security, functions with their owner's rights, PUBLIC, owners. What must be found, and what must not. */
import { describe, expect, test } from 'vitest'
import { findingsOf, told } from './found-by-rule.ts'
import { ownDatabase } from './own-database.ts'

const own = ownDatabase()

const found = async (rule: string, sql: string) => told(await findingsOf(own.client, rule, sql))
/** Roles are made in the test's transaction and go with it. */
const ROLE = 'create role faults_other; '

describe('row-security', () => {
  test('policies without row level security hide nothing', async () => {
    expect(await found('row-security', 'create table a (x int); create policy p on a using (x > 0)')).toEqual([
      'a.null: 1 policy, and row level security is not enabled',
    ])
  })

  test('row level security without a policy shows nobody a row', async () => {
    const [one] = await findingsOf(
      own.client,
      'row-security',
      'create table a (x int); alter table a enable row level security',
    )
    expect([one?.found, one?.severity]).toEqual(['row level security is enabled, and there is no policy', 'warning'])
  })

  test('policies bind nobody where only the owner uses the table and they are not forced', async () => {
    const secured =
      'create table a (x int); create policy p on a using (x > 0); alter table a enable row level security; '
    expect((await found('row-security', secured))[0]).toContain('is not forced, and only ')
    expect(await found('row-security', `${secured} alter table a force row level security`)).toEqual([])
    expect(await found('row-security', `${ROLE}${secured} grant select on a to faults_other`)).toEqual([])
  })

  test('a table with neither is let pass', async () => {
    expect(await found('row-security', 'create table a (x int)')).toEqual([])
  })
})

describe('policy-bypassed', () => {
  const secured = `${ROLE} create table a (x int); create policy p on a using (x > 0); alter table a enable row level security;
    grant select on a to faults_other; create table b (x int); create view v as select a.x from b join a on a.x = b.x; `

  test('a view that shows others all rows of a table with policies is found, and its remedy settles it', async () => {
    const sql = `${secured} grant select on v to faults_other`
    const findings = await findingsOf(own.client, 'policy-bypassed', sql)
    expect(told(findings)).toEqual(['a.null: view v shows faults_other its rows without regard to the policies'])
    expect(await found('policy-bypassed', `${sql}; ${findings[0]!.remedy.replace(/ \(PostgreSQL.*/, '')}`)).toEqual([])
  })

  test('a materialized view holds what its owner saw', async () => {
    const sql = `${secured} create materialized view m as select x from a; grant select on m to faults_other`
    expect(await found('policy-bypassed', sql)).toEqual([
      'a.null: materialized view m shows faults_other its rows without regard to the policies',
    ])
  })

  test.each([
    ['nobody else may read', ''],
    [
      'is of a table whose policies bind its owner too',
      'alter table a force row level security; grant select on v to faults_other',
    ],
    ['has an owner whom they bind', 'alter view v owner to faults_other; grant select on v to current_user'],
    ['is of other tables', 'create view w as select x from b; grant select on w to faults_other'],
  ])('a view that %s is let pass', async (_what, sql) => {
    expect(await found('policy-bypassed', secured + sql)).toEqual([])
  })
})

describe('security-definer', () => {
  const made = (head: string, name = 'f()') =>
    `create function ${name} returns int language sql security definer ${head} as 'select 1'; revoke execute on function ${name} from public; `

  test.each([
    ['without a search_path', '', 'f() is SECURITY DEFINER and sets no search_path'],
    [
      'with the caller’s own schema',
      `set search_path = "$user", pg_temp`,
      'f() is SECURITY DEFINER with search_path "$user", pg_temp: it has "$user", which is the caller’s own schema',
    ],
    [
      'with temporary tables first',
      'set search_path = public',
      'f() is SECURITY DEFINER with search_path public: temporary tables of the caller are found before the tables of these schemas',
    ],
  ])('a function %s is found', async (_what, head, expected) => {
    expect(await found('security-definer', made(head))).toEqual([`null.null: ${expected}`])
  })

  test('a schema in which everybody may create objects is no place to look for names', async () => {
    const sql = `create schema open; grant create on schema open to public; ${made('set search_path = open, pg_temp')}`
    expect(await found('security-definer', sql)).toEqual([
      'null.null: f() is SECURITY DEFINER with search_path open, pg_temp: it has open, in which everybody may create objects',
    ])
  })

  test.each([
    ['with pg_temp last', 'set search_path = pg_catalog, public, pg_temp'],
    ['with nothing in its path', `set search_path = ''`],
    ['with PostgreSQL’s own schema only', 'set search_path = pg_catalog'],
  ])('a function %s is let pass', async (_what, head) => {
    expect(await found('security-definer', made(head))).toEqual([])
  })

  test('one that everybody may call is told, a trigger function is not', async () => {
    const head = 'security definer set search_path = pg_catalog'
    const sql = `create function f(a int) returns int language sql ${head} as 'select 1';
      create function t() returns trigger language plpgsql ${head} as 'begin return null; end'; create function g() returns int language sql as 'select 1'`
    expect(await found('security-definer', sql)).toEqual([
      'null.null: f(integer) is SECURITY DEFINER, and PUBLIC may execute it',
    ])
  })

  test('its remedy is accepted by the server, also for a name that needs quotes', async () => {
    const sql = made('', '"F"(a int)')
    const [one] = await findingsOf(own.client, 'security-definer', sql)
    expect(one?.remedy).toBe('ALTER ROUTINE "F"(integer) SET search_path = pg_catalog, public, pg_temp')
    expect(await found('security-definer', `${sql} ${one?.remedy}`)).toEqual([])
  })
})

describe('public-grant', () => {
  test('rights of PUBLIC on tables, views, sequences and columns are told, those that change rows as errors', async () => {
    const sql = `create table a (x int, y int); create view v as select 1; create sequence s; create table b (x int);
      grant select, update on a to public; grant select on v, s to public; grant select (x) on b to public`
    const findings = await findingsOf(own.client, 'public-grant', sql)
    expect(findings.map(({ table, found, severity }) => `${severity} ${table}: ${found}`)).toEqual([
      'error a: PUBLIC has SELECT, UPDATE',
      'warning b: PUBLIC has SELECT (x)',
      'warning null: PUBLIC has SELECT on view v',
      'warning null: PUBLIC has SELECT on sequence s',
    ])
    expect(
      await found(
        'public-grant',
        sql + findings.map(({ remedy }) => `; ${remedy.replace(/, then GRANT.*/, '')}`).join(''),
      ),
    ).toEqual([])
  })

  test('PUBLIC may not create objects', async () => {
    expect(await found('public-grant', 'grant create on schema public to public')).toEqual([
      'null.null: PUBLIC may create objects in schema public',
    ])
  })

  test('PUBLIC is given nothing on tables to come', async () => {
    const sql = `${ROLE} alter default privileges for role faults_other in schema public grant select, insert on tables to public`
    const [one] = await findingsOf(own.client, 'public-grant', sql)
    expect(one?.found).toBe('PUBLIC is given INSERT, SELECT on the tables that faults_other will make in public')
    expect(await found('public-grant', `${sql}; ${one?.remedy}`)).toEqual([])
  })

  test('rights of a role, and what PUBLIC has of every function and type, are let pass', async () => {
    expect(
      await found(
        'public-grant',
        `${ROLE} create table a (x int); grant all on a to faults_other; create type t as enum ('x'); create function f() returns int language sql as 'select 1'`,
      ),
    ).toEqual([])
  })
})

describe('owner-differs', () => {
  const tables =
    "create table a (); create table b (); create table c (); create function f(int) returns int language sql as 'select 1'; create sequence s; "

  test('objects of another owner than most of the schema are told, with the statement that changes it', async () => {
    const sql = `${ROLE}${tables} alter table a owner to faults_other; alter function f(int) owner to faults_other; create view v as select 1;
      grant create on schema public to faults_other; alter table b owner to faults_other; create table d (); create table e ()`
    const findings = await findingsOf(own.client, 'owner-differs', sql)
    expect(told(findings)).toEqual([
      'a.null: table is owned by faults_other',
      'b.null: table is owned by faults_other',
      'null.null: routine f(integer) is owned by faults_other',
    ])
    expect(findings.map(({ pattern }) => pattern)).toEqual([
      'tables owned by faults_other',
      'tables owned by faults_other',
      'functions owned by faults_other',
    ])
    expect(await found('owner-differs', `${sql}; ${findings.map(({ remedy }) => remedy).join('; ')}`)).toEqual([])
  })

  test('nothing is told where all have one owner, or nobody has most of them', async () => {
    expect(await found('owner-differs', tables)).toEqual([])
    expect(
      await found('owner-differs', `${ROLE} create table a (); create table b (); alter table b owner to faults_other`),
    ).toEqual([])
  })

  test('a function with its owner’s rights may have an owner of its own', async () => {
    const sql = `${ROLE}${tables} create function g() returns int language sql security definer as 'select 1'; alter function g() owner to faults_other`
    expect(await found('owner-differs', sql)).toEqual([])
  })
})
