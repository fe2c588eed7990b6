/** What schema.sql cannot say stops the generating; what it can say, outside of V1's own features, is loaded back the same. */
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { migrateUp } from '../../src/index.ts'
import { SchemaFileError } from '../../src/types/errors.ts'
import { generate } from '../../src/types/generate.ts'
import { openWorkspace } from '../../src/workspace/workspace.ts'
import { fixtureWorkspace } from '../fixture-workspace.ts'
import { failureOf } from '../runs.ts'
import { catalogOf, comparable } from './comparable.ts'

const withUp = (up: readonly string[]) => fixtureWorkspace({ core: { migrations: { '001_things': { up } } } })

test('a feature that schema.sql has no words for is an error that names table and feature', async () => {
  using workspace = await withUp([
    'create table sales (id bigint, at date) partition by range (at)',
    'create table sales_2025 partition of sales default',
    'create unlogged table cache (id bigint)',
    'create table base (id bigint)',
    'create table child (more text) inherits (base)',
    'alter table base replica identity full',
    'create table tuned (id bigint, name text collate "C") with (fillfactor = 70)',
    'create table counted (id integer generated always as identity (start 1000))',
    'create table guarded (id bigint)',
    'alter table guarded enable row level security',
    'create sequence tickets',
  ])
  const error = await failureOf(generate(await openWorkspace(workspace.root)))
  expect(error).toBeInstanceOf(SchemaFileError)
  expect(error.exitCode).toBe(2)
  expect((error as unknown as { unwritable: string[] }).unwritable).toEqual([
    'table base: replica identity',
    'table cache: UNLOGGED',
    'table child: inherits',
    'sequence counted_id_seq: does not count from 1 by 1',
    'table guarded: row level security',
    'table sales: partitioned',
    'table sales_2025: a partition',
    'sequence tickets: belongs to no column',
    'table tuned: collation of column name',
    'table tuned: storage parameters',
  ])
  expect(error.message).toMatchInlineSnapshot(`
    "The migrations of core build something that schema.sql cannot describe:
      - table base: replica identity
      - table cache: UNLOGGED
      - table child: inherits
      - sequence counted_id_seq: does not count from 1 by 1
      - table guarded: row level security
      - table sales: partitioned
      - table sales_2025: a partition
      - sequence tickets: belongs to no column
      - table tuned: collation of column name
      - table tuned: storage parameters
    Nothing was written: a file without it would describe another database. Build it without these features in a new migration, or extend packages/migrator/src/types so that it can write them."
  `)
})

test('quoted names, virtual columns, and lists of numbers and of char come back as they were built, and make unions', async () => {
  using workspace = await withUp([
    'create table "Odd Table" ("Odd Id" serial primary key, "order" bigserial)',
    `create table ratings (
      rating smallint check (rating in (1, 2, 3)),
      sign integer not null default 0 check (sign in (-1, 0, 1)),
      size bigint check (size in (1, 2)),
      big bigint check (big = 1),
      code char(2) check (code in ('a', 'bc')),
      word varchar(10) check (word in ('x', 'y')),
      cast_word varchar(10) check (cast_word::text = any (array['x'::varchar::text, 'y'::varchar::text])),
      only_word varchar(10) check (only_word = 'x'),
      twice integer generated always as (rating * 2) virtual,
      exact numeric check (exact in (1, 2))
    )`,
  ])
  const [core] = await generate(await openWorkspace(workspace.root))
  const textOf = (name: string) => core!.files.find(({ path }) => path.endsWith(name))!.text
  expect(textOf('schema.sql')).toContain('ALTER SEQUENCE "Odd Table_Odd Id_seq" OWNED BY "Odd Table"."Odd Id";')
  expect(textOf('tables.generated.ts').match(/^(?: {2}\w+: (?!Odd|Rat).*|export const .*)$/gm)).toEqual([
    '  order: Generated<Int8>',
    '  sign: Generated<RatingSign>',
    '  size: Int8 | null',
    '  big: Int8 | null',
    '  twice: GeneratedAlways<number | null>',
    '  exact: Numeric | null',
    'export const RATING_RATING_VALUES = [1, 2, 3] as const',
    'export const RATING_SIGN_VALUES = [-1, 0, 1] as const',
    "export const RATING_CODE_VALUES = ['a ', 'bc'] as const",
    "export const RATING_WORD_VALUES = ['x', 'y'] as const",
    "export const RATING_CAST_WORD_VALUES = ['x', 'y'] as const",
    "export const RATING_ONLY_WORD_VALUES = ['x'] as const",
  ])
  await using migrated = await testDatabase()
  await using loaded = await testDatabase()
  await migrateUp({ databaseUrl: migrated.url, workspace: workspace.root })
  await loaded.client.query(textOf('schema.sql'))
  expect(comparable(await catalogOf(loaded.url))).toEqual(comparable(await catalogOf(migrated.url)))
})
