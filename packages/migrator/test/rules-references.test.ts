/** What is taken for a reference without a foreign key, and what is not: a wrong target is worse than none. */
import { describe, expect, test } from 'vitest'
import type { RuleFinding } from '../src/rules/finding.ts'
import { runRules } from '../src/rules/run.ts'
import { catalogAfter } from './found-by-rule.ts'
import { ownDatabase } from './own-database.ts'

const own = ownDatabase()

const RULES = ['reference-without-fk', 'reference-dangling']

async function findings(sql: string, schemas?: readonly string[]): Promise<RuleFinding[]> {
  const catalog = await catalogAfter(own.client, sql, schemas)
  const v1 = { ...catalog, tables: [], home: 'public' }
  return runRules(catalog, { v1 }).filter(({ rule }) => RULES.includes(rule))
}

/** `posts.user_id → users, high`; `posts.category_id → nothing`. */
const said = async (sql: string, schemas?: readonly string[]): Promise<string[]> =>
  (await findings(sql, schemas)).map(({ rule, table, column, expected, confidence }) => {
    const target = /REFERENCES (.+?) with/.exec(expected)?.[1]
    return `${table}.${column} → ${rule === 'reference-dangling' ? 'nothing' : `${target}, ${confidence}`}`
  })

const key = 'id bigint primary key'

describe('a target is found by its noun', () => {
  test.each([
    ['categories', 'category_id'],
    ['category', 'category_id'],
    ['people', 'person_id'],
    ['children', 'child_id'],
    ['statuses', 'status_id'],
    ['status', 'status_id'],
    ['addresses', 'address_id'],
    ['media', 'media_id'],
    ['media', 'medium_id'],
    ['movies', 'movie_id'],
    ['houses', 'house_id'],
    ['boxes', 'box_id'],
    ['indices', 'index_id'],
    ['order_lines', 'orderLineId'],
    ['OrderLine', 'order_line_id'],
    ['users', 'userID'],
    ['users', 'id_user'],
    ['users', 'fk_user'],
    ['users', 'user_fk'],
    ['data', 'data_id'],
    ['bus', 'bus_id'],
    ['gas', 'gas_id'],
  ])('%s by %s', async (table, column) => {
    const found = await said(`create table "${table}" (${key}); create table t (${key}, "${column}" bigint)`)
    expect(found).toEqual([expect.stringMatching(new RegExp(`^t\\.${column} → "?${table}"?, (high|medium)$`))])
  })

  test.each([
    [
      'a qualifier before it',
      `create table addresses (${key}); create table t (${key}, billing_address_id bigint)`,
      't.billing_address_id → addresses, medium',
    ],
    [
      'the prefix of all tables',
      `create table wp_posts (${key}); create table wp_comments (${key}, post_id bigint)`,
      'wp_comments.post_id → wp_posts, medium',
    ],
    ['a role', `create table users (${key}); create table t (${key}, created_by bigint)`, 't.created_by → users, high'],
    [
      'a role without _id',
      `create table wp_users ("ID" bigint primary key); create table wp_posts ("ID" bigint primary key, post_author bigint)`,
      'wp_posts.post_author → wp_users, medium',
    ],
    [
      'a table of that role rather than users',
      `create table users (${key}); create table authors (${key}); create table t (${key}, author_id bigint)`,
      't.author_id → authors, high',
    ],
    ['the parent of a row', `create table nodes (${key}, parent_id bigint)`, 'nodes.parent_id → nodes, high'],
    [
      'another row of the same table',
      `create table posts (${key}, original_post_id bigint)`,
      'posts.original_post_id → posts, medium',
    ],
    [
      'the only table with that ending',
      `create table user_badges (${key}); create table t (${key}, badge_id bigint)`,
      't.badge_id → user_badges, low',
    ],
  ])('%s', async (_what, sql, expected) => {
    expect(await said(sql)).toEqual([expected])
  })
})

describe('a target is proposed only where a foreign key can be made', () => {
  const users = (definition: string) => `create table users (${definition});`
  const posts = (type: string) => `create table posts (${key}, user_id ${type})`

  test.each([
    ['a key of another kind', users('id uuid primary key') + posts('bigint')],
    ['a text for a number', users(key) + posts('text')],
    ['a uuid for a text', users('id text primary key') + posts('uuid')],
    ['a key of two columns', users('id bigint, shard int, primary key (id, shard)') + posts('bigint')],
    ['no key at all', users('id bigint') + posts('bigint')],
    [
      'a key over some rows only',
      `${users('id bigint, gone boolean')} create unique index on users (id) where not gone; ${posts('bigint')}`,
    ],
    ['a key that is checked at the end', users('id bigint unique deferrable') + posts('bigint')],
    ['a view', `create table people_all (${key}); create view users as select * from people_all; ${posts('bigint')}`],
    ['a materialized view', `create materialized view users as select 1::bigint as id; ${posts('bigint')}`],
    [
      'a foreign table',
      `create extension if not exists postgres_fdw; create server s foreign data wrapper postgres_fdw; create foreign table users (id bigint) server s; ${posts('bigint')}`,
    ],
    ['an unlogged table', `create unlogged table users (${key}); ${posts('bigint')}`],
    ['a table of which others inherit', `${users(key)} create table admins () inherits (users); ${posts('bigint')}`],
    ['an array', users(key) + posts('bigint[]')],
  ])('not for %s', async (_what, sql) => {
    expect(await said(sql)).toEqual([])
  })

  test('not from a partition or to its parent, but once from the parent', async () => {
    const sql = `create table items (id bigint, at date, item_id bigint, owner_id bigint, primary key (id, at)) partition by range (at);
      create table items_2026 partition of items default; create table owners (${key})`
    expect(await said(sql)).toEqual(['items.owner_id → owners, high'])
  })

  test('with the conversion that it needs where only the size or the spelling of the type differs', async () => {
    const [wider] = await findings(users(key) + posts('integer'))
    expect(wider!.expected).toBe('bigint, FOREIGN KEY (user_id) REFERENCES users with ON DELETE')
    expect(wider!.remedy).toContain(
      'ALTER TABLE posts ALTER COLUMN user_id TYPE bigint; ALTER TABLE posts ADD CONSTRAINT',
    )
    const [text] = await findings(users('id uuid primary key') + posts('varchar(36)'))
    expect(text!.remedy).toContain('TYPE uuid USING user_id::uuid; ')
  })

  test('through a domain, to the type that it stands for', async () => {
    const domains =
      'create domain big as bigint constraint positive check (value > 0) not null; create domain user_ref as big;'
    expect(await said(domains + users('id big primary key') + posts('user_ref'))).toEqual([
      'posts.user_id → users, high',
    ])
    expect(await said(domains + users('id uuid primary key') + posts('user_ref'))).toEqual([])
  })

  test('to the column that has the name, where the key is of another type', async () => {
    const sql = `${users(`${key}, uuid uuid unique`)} create table posts (${key}, user_uuid uuid)`
    expect(await said(sql)).toEqual(['posts.user_uuid → users (uuid), medium'])
  })

  test('in the same schema first', async () => {
    const sql = `create schema shop; ${users(key)} create table shop.users (${key}); create table shop.orders (${key}, user_id bigint)`
    expect(await said(sql, ['public', 'shop'])).toEqual(['shop.orders.user_id → shop.users, high'])
    expect(await said(`${sql}; drop table shop.users`, ['public', 'shop'])).toEqual([
      'shop.orders.user_id → users, high',
    ])
  })

  test.each(['bigint', 'integer', 'bigint not null'])('and its remedy runs as it is: %s', async (type) => {
    const sql = users(key) + posts(type)
    const [{ remedy }] = (await findings(sql)) as [RuleFinding]
    expect(await said(`${sql}; ${remedy.slice(remedy.indexOf('ALTER TABLE'))}`)).toEqual([])
  })
})

describe('what can point at several tables is no reference', () => {
  const tables = `create table subjects (${key}); create table users (${key}); create table posts (${key}); create table objects (${key}); create table content_types (id uuid primary key);`
  test.each([
    'subject_id bigint, subject_type text',
    'subject_id bigint, "subjectType" text',
    'subject_id bigint, subjecttype text',
    '"subjectId" bigint, subject_kind text',
    'subject_id bigint, subject_class text',
    'subject_id bigint, subject_class_name text',
    'subject_id bigint, subject_table text',
    'owner_id bigint, owner_type text',
    'created_by bigint, created_by_type text',
    'commentable_id bigint, commentable_type text',
    'object_id bigint, content_type_id bigint',
    'object_id bigint, table_name text',
    'parent_id bigint, parent_type text',
  ])('%s', async (columns) => {
    expect(await said(`${tables} create table t (${key}, ${columns})`)).toEqual([])
  })

  test('a type of the row itself says nothing of its parent', async () => {
    expect(await said(`create table nodes (${key}, type text, parent_id bigint)`)).toEqual([
      'nodes.parent_id → nodes, high',
    ])
  })
})

describe('what is named after its own table', () => {
  test.each([
    `create table users (user_id bigint primary key)`,
    `create table reactions (${key}, reaction_id bigint)`,
    `create table feature (feature_id bigint primary key); create table library_feature (library_feature_id bigint primary key)`,
  ])('is its key: %s', async (sql) => {
    expect(await said(sql)).toEqual([])
  })

  test('the key of another table as its own key is a reference', async () => {
    const sql = `create table users (${key}); create table profiles (user_id bigint primary key)`
    expect(await said(sql)).toEqual(['profiles.user_id → users, high'])
  })
})

test('a table that keeps what was is asked, not told; a copy for a while is left alone', async () => {
  const users = `create table users (${key});`
  for (const name of ['user_versions', 'audit_log', 'orders_history', 'orders_archive']) {
    const [one] = await findings(`${users} create table ${name} (${key}, user_id bigint, category_id bigint)`)
    expect(one, name).toMatchObject({ column: 'user_id', confidence: 'low', severity: 'warning' })
  }
  for (const name of ['orders_backup', 'staging_orders', 'orders_2024', 'tmp_orders', 'order_summary'])
    expect(await said(`${users} create table ${name} (${key}, user_id bigint, category_id bigint)`), name).toEqual([])
})

describe('a reference to nothing', () => {
  test('is a finding of its own, milder and less sure', async () => {
    const found = await findings(`create table posts (${key}, category_id bigint)`)
    expect(found).toMatchObject([
      {
        rule: 'reference-dangling',
        severity: 'warning',
        confidence: 'low',
        found: 'bigint, and there is no table for category',
      },
    ])
  })

  test.each([
    'external_id bigint',
    'stripe_customer_id text',
    'stripe_customer_id bigint',
    'session_id text',
    'session_id uuid',
    'device_id uuid',
    'trace_id uuid',
    'request_id uuid',
    'client_id bigint',
    'correlation_id uuid',
    'category_id text',
    'category_id bigint unique',
    'object_id bigint',
    'commentable_id bigint',
    'category_id bigint generated always as identity',
    'sort_by bigint',
    'owner_id bigint',
    'parent_id uuid',
    'row_id bigint',
  ])('%s is none', async (columns) => {
    expect(await said(`create table t (${key}, ${columns}); create table u (id uuid primary key)`)).toEqual([])
  })

  test.each([
    'create view categories as select 1 as id',
    'create schema shop; create table shop.categories ()',
    'create table product_category (id uuid primary key)',
  ])('nor is one where something has that name: %s', async (sql) => {
    expect(await said(`create table t (${key}, category_id bigint); ${sql}`)).toEqual([])
  })

  test('nor is an integer where every key is a uuid', async () => {
    expect(await said('create table t (id uuid primary key, category_id bigint)')).toEqual([])
  })
})
