/** One fault is told once, and two faults are told twice, whatever rules see them. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { RuleFinding } from '../src/rules/finding.ts'
import { rules } from '../src/rules/list.ts'
import { runRules } from '../src/rules/run.ts'
import { ONCE } from '../src/rules/told-once.ts'
import { catalogAfter } from './found-by-rule.ts'
import { ownDatabase } from './own-database.ts'

const own = ownDatabase()

/** What every table of these tests has or lacks besides the fault in question. */
const ASIDE = ['naming', 'comment']
const key = 'id uuid primary key default uuid_v7()'
const created = 'created_at timestamptz not null default CURRENT_TIMESTAMP'
const uuidV7 = "create function uuid_v7() returns uuid language sql as 'select gen_random_uuid()';"

async function findings(sql: string, aside: readonly string[] = ASIDE): Promise<RuleFinding[]> {
  const catalog = await catalogAfter(own.client, uuidV7 + sql)
  return runRules(catalog, { v1: { ...catalog, tables: [] } }).filter(({ rule }) => !aside.includes(rule))
}
const said = async (sql: string, aside?: readonly string[]): Promise<string[]> =>
  (await findings(sql, aside)).map(({ rule, table, column }) => `${rule} ${table}.${column}`)

describe('one fault', () => {
  test.each<[what: string, sql: string, expected: string[]]>([
    [
      'a serial key, and the foreign keys that change with it',
      `create table a (id bigserial primary key, ${created});
       create table b (${key}, ${created}, a_id bigint not null references a on delete cascade); create index on b (a_id)`,
      ['pk-uuid a.id'],
    ],
    [
      'an identity in a key of two columns',
      `create table a (b uuid, n bigint generated always as identity, ${created}, primary key (b, n))`,
      ['pk-uuid a.null'],
    ],
    [
      'an instant in a number, a list of ids, a status and a frozen default, of which other rules see the type or the default too',
      `create table a (${key}, received_ms bigint not null, b_ids varchar(99), status varchar(9),
        created_at timestamptz not null default '2024-05-17 12:13:14.5+00')`,
      ['epoch-number a.received_ms', 'list-without-check a.status', 'frozen-default a.created_at', 'id-list a.b_ids'],
    ],
    ['a varchar as the key', `create table a (id varchar(36) primary key, ${created})`, ['pk-uuid a.id']],
    [
      'a time without a zone that may be NULL, with no default',
      `create table a (${key}, created_at timestamp)`,
      ['timestamp-tz a.created_at'],
    ],
    [
      'a time without a zone by another clock',
      `create table a (${key}, created_at timestamp not null default now())`,
      ['timestamp-tz a.created_at'],
    ],
    ['a time in a varchar', `create table a (${key}, ${created}, played_at varchar(30))`, ['timestamp-tz a.played_at']],
    [
      'a time that may be NULL by another clock',
      `create table a (${key}, created_at timestamptz default now())`,
      ['timestamp-not-null a.created_at'],
    ],
    ['a token in plain text', `create table a (${key}, ${created}, token varchar(64))`, ['secret a.token']],
    [
      'a reference as a text',
      `create table users (${key}, ${created}); create table a (${key}, ${created}, user_id varchar(36))`,
      ['reference-without-fk a.user_id'],
    ],
    [
      'an index that its constraint has already',
      `create table a (${key}, ${created}, code text unique); create unique index a_code on a (code)`,
      ['duplicate-index a.code'],
    ],
    [
      'two foreign keys on one column without an index',
      `create table a (${key}, ${created}); create table b (${key}, ${created}, a_id uuid references a on delete cascade references a on delete cascade)`,
      ['fk-index b.a_id', 'duplicate-constraint b.a_id'],
    ],
    [
      'a sequence that a default draws from',
      `create sequence s; create table a (${key}, ${created}, n bigint default nextval('s'))`,
      ['sequence-left a.n'],
    ],
  ])('%s', async (_what, sql, expected) => {
    expect(await said(sql)).toEqual(expected)
  })

  test.each<[what: string, sql: string]>([
    [
      'the name of an index that is to be dropped',
      `create table a (${key}, code text); create index one on a (code); create index two on a (code)`,
    ],
    [
      'the name of an index that is the beginning of another',
      `create table a (${key}, b int, c int); create index one on a (b, c); create index two on a (b)`,
    ],
  ])('%s is not told too', async (_what, sql) => {
    const names = (await findings(sql, [])).filter(({ rule }) => rule === 'naming').map(({ found }) => found)
    expect(names).toContain('index one')
    expect(names).not.toContain('index two')
  })

  test('the name of a trigger that is to be replaced is not told too', async () => {
    const found = await findings(
      `create table a (${key}, updated_at timestamptz); create function touch_updated_at() returns trigger language plpgsql as 'begin return new; end';
       create trigger touch before update on a for each row execute function touch_updated_at()`,
      [],
    )
    expect(found.filter(({ found: what }) => what.includes('touch'))).toMatchObject([{ rule: 'updated-at-trigger' }])
  })

  test('the remedy that is told asks for all of it, and runs', async () => {
    const sql = `create table a (${key}, created_at timestamp)`
    const [{ found, expected, remedy }] = (await findings(sql)) as [RuleFinding]
    expect([found, expected]).toEqual(['timestamp without time zone', 'timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP'])
    const statements = remedy.match(/ALTER TABLE [^;,]+/g)!
    expect(await said(`${sql}; ${statements.join('; ')}`)).toEqual([])
  })
})

describe('two faults', () => {
  test.each<[what: string, sql: string, expected: string[]]>([
    ['no key and no created_at', 'create table a (b text)', ['pk-uuid a.null', 'timestamp-not-null a.created_at']],
    [
      'a foreign key without ON DELETE and without an index',
      `create table a (${key}, ${created}); create table b (${key}, ${created}, a_id uuid references a)`,
      ['fk-on-delete b.a_id', 'fk-index b.a_id'],
    ],
    [
      'a serial key, and a reference of another size',
      `create table a (id bigserial primary key, ${created}); create table b (${key}, ${created}, a_id integer references a on delete cascade); create index on b (a_id)`,
      ['pk-uuid a.id', 'fk-type-match b.a_id'],
    ],
    [
      'a number from a sequence beside a key',
      `create table a (${key}, ${created}, n bigserial)`,
      ['sequence-left a.n'],
    ],
  ])('%s', async (_what, sql, expected) => {
    expect(await said(sql)).toEqual(expected)
  })
})

describe('the table of who tells what', () => {
  test('names rules that there are, and goes round in no circle', () => {
    const names = rules.map(({ name }) => name)
    const tellers = (rule: string): string[] =>
      ONCE.filter(({ notBy }) => notBy.includes(rule)).map(({ toldBy }) => toldBy)
    for (const { toldBy, notBy } of ONCE) for (const rule of [toldBy, ...notBy]) expect(names).toContain(rule)
    const above = (rule: string, seen: readonly string[] = []): boolean =>
      !seen.includes(rule) && tellers(rule).every((teller) => above(teller, [...seen, rule]))
    for (const { toldBy } of ONCE) expect(above(toldBy), toldBy).toBe(true)
  })

  test('stands in docs/audit.md as it is', () => {
    const text = readFileSync(new URL('../../../docs/audit.md', import.meta.url), 'utf8')
    const rows = ONCE.map(
      ({ fault, toldBy, notBy }) => `| ${fault} | \`${toldBy}\` | ${notBy.map((rule) => `\`${rule}\``).join(', ')} |`,
    )
    const at = text.indexOf('| What is told once |')
    expect(
      text
        .slice(at)
        .split('\n')
        .slice(2, 2 + rows.length),
    ).toEqual(rows)
  })
})
