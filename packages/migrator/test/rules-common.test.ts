/** What the rules say about schemas that are common elsewhere: no remedy that breaks something, no error where nothing is wrong. */
import { describe, expect, test } from 'vitest'
import { withOneClock } from '../src/rules/timestamp-default.ts'
import { findingsOf } from './found-by-rule.ts'
import { ownDatabase } from './own-database.ts'

const own = ownDatabase()

/** `column: remedy` of what a rule finds after this SQL, in a database that V1 does not know. */
async function remedies(rule: string, sql: string): Promise<string[]> {
  const findings = await findingsOf(own.client, rule, sql)
  return findings.map(({ table, column, remedy }) => `${table}.${column}: ${remedy}`)
}

describe('names', () => {
  test('a table called order gets a remedy that runs', async () => {
    const [remedy] = await remedies(
      'timestamp-default',
      'create table "order" (created_at timestamptz not null default now())',
    )
    expect(remedy).toBe('order.created_at: ALTER TABLE "order" ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP')
    expect(await remedies('naming', 'create table "Order" (id int)')).toContain(
      'Order.null: ALTER TABLE "Order" RENAME TO "order"',
    )
  })
})

describe('remedies', () => {
  test.each([
    [`(now() + '7 days'::interval)`, `(CURRENT_TIMESTAMP + '7 days'::interval)`],
    [`(CURRENT_DATE + 1)`, `((CURRENT_TIMESTAMP)::date + 1)`],
    [`'call now()'::text`, `'call now()'::text`],
    [`(LOCALTIMESTAMP(3) - '1 h'::interval)`, `((CURRENT_TIMESTAMP)::timestamp without time zone - '1 h'::interval)`],
  ])('only the clock of %s is replaced', (expression, expected) => {
    expect(withOneClock(expression)).toBe(expected)
  })

  test('a remedy for a default keeps the rest of its expression and is accepted by the server', async () => {
    const table = `create table a (until timestamptz not null default now() + '7 days', "from" text not null default CURRENT_DATE + 1)`
    const found = await remedies('timestamp-default', table)
    expect(found).toHaveLength(2)
    const statements = found.map((line) => line.slice(line.indexOf(': ') + 2)).join('; ')
    expect(await remedies('timestamp-default', `${table}; ${statements}`)).toEqual([])
  })

  test('of a valid and an INVALID index none is a duplicate, nor is the index of an EXCLUDE constraint', async () => {
    const alike = 'create table a (b int, exclude using btree (b with =)); create index a_b on a (b)'
    expect(await remedies('duplicate-index', alike)).toEqual([])
    const pair = 'create table a (b int); create index a_1 on a (b); create index a_2 on a (b)'
    expect(await remedies('duplicate-index', pair)).toEqual(['a.b: DROP INDEX CONCURRENTLY a_2'])
    const halfBuilt = `${pair}; update pg_index set indisvalid = false where indexrelid = 'a_1'::regclass`
    expect(await remedies('duplicate-index', halfBuilt)).toEqual([])
  })

  test('a partitioned table may have its partition key in its primary key, and is advised so', async () => {
    const table = (key: string) =>
      `create function uuid_v7() returns uuid language sql as 'select gen_random_uuid()'; create table a (id uuid not null default uuid_v7(), at timestamptz not null ${key}) partition by range (at)`
    expect(await remedies('pk-uuid', table(', primary key (id, at)'))).toEqual([])
    expect(await remedies('pk-uuid', table(''))).toEqual([
      'a.null: Add id uuid DEFAULT uuid_v7() with PRIMARY KEY (id, at); a key that the rows have anyway becomes UNIQUE.',
    ])
  })

  test('an enum whose name is a keyword is found where it is used', async () => {
    const sql = `create type "order" as enum ('a'); create table t (o "order", more "order"[])`
    expect(await remedies('closed-list', sql)).toHaveLength(2)
    expect(await remedies('closed-list', sql)).not.toContain('null.null: DROP TYPE "order"')
  })

  test('an index over the rows that have the reference serves it, whatever the column is called', async () => {
    const table =
      'create table p (id int primary key); create table a ("order" int references p, position int references p)'
    expect(await remedies('fk-index', table)).toHaveLength(2)
    const indexes =
      'create index on a ("order") where "order" is not null; create index on a (position) where position is not null'
    expect(await remedies('fk-index', `${table}; ${indexes}`)).toEqual([])
  })

  test('a constraint that is NOT ENFORCED is not told to be validated', async ({ skip }) => {
    const { rows } = await own.client.query(`select current_setting('server_version_num')::int as number`)
    skip(rows[0].number < 180_000, 'PostgreSQL 18 brought NOT ENFORCED')
    const found = await remedies('invalid-object', 'create table a (b int, constraint c check (b > 0) not enforced)')
    expect(found).toEqual([
      'a.b: Correct the rows that break it, then ALTER TABLE a DROP CONSTRAINT c and add it again without NOT ENFORCED.',
    ])
  })
})

describe('a remedy that is statements cures what it is for', () => {
  test.each<[rule: string, table: string]>([
    ['updated-at-trigger', 'create table a (updated_at timestamptz)'],
    ['text-type', 'create table a ("order" varchar(20), b character(3)[], c varchar)'],
    ['duplicate-index', 'create table a (b int); create index a_1 on a (b); create index a_2 on a (b)'],
    ['fk-index', 'create table p (id int primary key); create table "A b" (p_id int references p)'],
    ['timestamp-tz', 'create table a (b_at timestamp not null)'],
    ['timestamp-default', 'create table a (b timestamptz not null default now())'],
  ])('%s', async (rule, table) => {
    const cures = (await remedies(rule, table)).map((line) =>
      line
        .slice(line.indexOf(': ') + 2)
        .replace(', if UTC is what was written', '')
        .replaceAll('CONCURRENTLY ', ''),
    )
    expect(cures.length).toBeGreaterThan(0)
    expect(await remedies(rule, `${table}; ${cures.join('; ')}`)).toEqual([])
  })

  test('an enum becomes text with a CHECK, and an array of it an array', async () => {
    const table = `create type mood as enum ('calm', 'it''s'); create table a (one mood, many mood[])`
    const cures = (await remedies('closed-list', table)).map((line) => /: (.*), and DROP TYPE/.exec(line)![1])
    expect(cures[1]).toContain(`CHECK (many <@ ARRAY['calm', 'it''s']::text[])`)
    expect(await remedies('closed-list', `${table}; ${cures.join('; ')}`)).toEqual([
      'null.null: If no function, view or other type uses it: DROP TYPE mood',
    ])
  })

  test('of two integers of different sizes the smaller one grows, on whichever side it is', async () => {
    const pair = (own: string, other: string) =>
      remedies('fk-type-match', `create table p (id ${other} primary key); create table a (p_id ${own} references p)`)
    expect(await pair('int', 'bigint')).toEqual([
      expect.stringContaining('ALTER TABLE a ALTER COLUMN p_id TYPE bigint'),
    ])
    expect(await pair('bigint', 'int')).toEqual([expect.stringContaining('ALTER TABLE p ALTER COLUMN id TYPE bigint')])
    expect(await pair('varchar(10)', 'varchar(20)')).toEqual([])
  })
})

describe('what is common and right', () => {
  test('is a date that is a day, and a time of day', async () => {
    const fine = 'create table a (birth_date date, due_on date, opens time, closing_time_of_day time)'
    expect(await remedies('timestamp-tz', fine)).toEqual([])
    expect(await remedies('timestamp-tz', 'create table a (created_at date, seen_at date, at timetz)')).toHaveLength(3)
  })

  test('is no secret: the token of a lock, and the hash that Django keeps under the name password', async () => {
    expect(await remedies('secret', 'create table worker_locks (token text)')).toEqual([])
    const hashed = 'create table accounts_user (password varchar(128))'
    const django = 'create table django_migrations (app text, name text, applied timestamptz)'
    expect(await remedies('secret', `${hashed}; ${django}`)).toEqual([])
    expect(await remedies('secret', hashed)).toHaveLength(1)
    expect(await remedies('secret', `create table a (old_token text default '')`)).toEqual([])
  })

  test('is created_at under another name: it is renamed, not added', async () => {
    expect(await remedies('timestamp-not-null', 'create table a (created timestamptz not null)')).toEqual([
      'a.created_at: ALTER TABLE a RENAME COLUMN created TO created_at',
    ])
    expect(await remedies('timestamp-not-null', 'create table a ("createdAt" timestamptz not null)')).toEqual([])
  })

  test('is a key that is the key of another table too, without a default of its own', async () => {
    const sql =
      'create table users (id uuid primary key); create table profiles (user_id uuid primary key references users)'
    expect(await remedies('pk-uuid', sql)).toEqual([expect.stringMatching(/^users\.id/)])
  })

  test('is no secret: a time, a flag, a count, a generated hash', async () => {
    const fine = `create table a (token_expires_at timestamptz default now(), hash_rounds int default 10, has_password boolean default false,
      body text, body_hash text generated always as (md5(body)) stored)`
    expect(await remedies('secret', fine)).toEqual([])
    expect(await remedies('secret', `create table a (api_secret text default 'x')`)).toHaveLength(1)
  })

  test('is no event table that V1 does not know', async () => {
    expect(
      await remedies('event-table', 'create table calendar_events (id uuid primary key, slug text unique)'),
    ).toEqual([])
  })

  test('is no reference: sort_by, or a text from elsewhere', async () => {
    const users = 'create table users (id uuid primary key); create table addresses (id uuid primary key);'
    const fine = `create table a (sort_by uuid, order_by int, user_id text)`
    expect(await remedies('reference-without-fk', users + fine)).toEqual([])
    const references = 'create table a (created_by uuid, billing_address_id uuid, user_id varchar(36))'
    const found = await remedies('reference-without-fk', users + references)
    expect(found.map((line) => /^a\.(\w+).*REFERENCES (\w+)/.exec(line)?.slice(1))).toEqual([
      ['created_by', 'users'],
      ['billing_address_id', 'addresses'],
      ['user_id', 'users'],
    ])
    const keyed = 'create table labels (id text primary key); create table a (label_id text)'
    expect(await remedies('reference-without-fk', keyed)).toHaveLength(1)
  })

  test('is a trigger with the name that PostgreSQL cut, and the one of a mixed-case table', async () => {
    const long = 'a_table_with_a_name_that_is_nearly_as_long_as_names_may_be'
    const sql = (table: string, trigger: string) => `create table "${table}" (updated_at timestamptz);
      create or replace function set_updated_at() returns trigger language plpgsql as 'begin return new; end';
      create trigger ${trigger} before update on "${table}" for each row execute function set_updated_at()`
    expect(await remedies('updated-at-trigger', sql(long, `trg_${long}_updated_at`))).toEqual([])
    expect(await remedies('updated-at-trigger', sql('Mood Board', 'trg_mood_board_updated_at'))).toEqual([])
  })

  test('is one sentence with an abbreviation or a version in it; two sentences are two', async () => {
    const commented = (words: string) => remedies('comment', `create table a (); comment on table a is '${words}'`)
    for (const fine of ['Tags, e.g. Rock.', 'Clients of API v2.0.', 'Keys, i.e. ISRC, UPC, etc.'])
      expect(await commented(fine), fine).toEqual([])
    for (const wrong of ['One. Two.', 'no capital.', 'No stop']) expect(await commented(wrong), wrong).toHaveLength(1)
  })

  test('is CURRENT_TIMESTAMP(3)', async () => {
    const sql = 'create table a (created_at timestamptz default CURRENT_TIMESTAMP(3))'
    expect(await remedies('timestamp-default', sql)).toEqual([])
  })
})

test('a schema with only functions, or only types, is named too', async () => {
  const sql = `create schema f; create function f.one() returns int language sql as 'select 1'; create schema t; create type t.c as enum ()`
  expect((await remedies('scope', sql)).map((line) => /owns (\w)/.exec(line)?.[1])).toEqual(['f', 't'])
})
