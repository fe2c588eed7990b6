/** Tables that tools make for themselves are not judged, and a report says which they are. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toolNote } from '../src/audit/live/tool-note.ts'
import { type Client, connect } from '../src/database/connect.ts'
import { runRules } from '../src/rules/run.ts'
import { catalogAfter } from './found-by-rule.ts'

let database: TestDatabase
let client: Client

beforeAll(async () => {
  database = await testDatabase()
  client = await connect(database.url, 'test')
})
afterAll(async () => {
  await client?.end()
  await database?.drop()
})

async function judged(sql: string): Promise<{ tables: unknown[]; note: string | undefined }> {
  const catalog = await catalogAfter(client, sql)
  const findings = runRules(catalog, { v1: { ...catalog, tables: [] } })
  return { tables: [...new Set(findings.map(({ table }) => table))], note: toolNote(catalog) }
}

test.each([
  ['Rails', 'create table schema_migrations (version varchar primary key)'],
  ['golang-migrate', 'create table schema_migrations (version bigint primary key, dirty boolean not null)'],
  ['Flyway', 'create table flyway_schema_history (installed_rank int primary key, version varchar(50), checksum int)'],
  ['Liquibase', 'create table databasechangelog (id varchar(255), author varchar(255), filename varchar(255))'],
  ['Alembic', 'create table alembic_version (version_num varchar(32) primary key)'],
  [
    'Prisma',
    'create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64), migration_name varchar(255))',
  ],
  ['Sequelize', 'create table "SequelizeMeta" (name varchar(255) primary key)'],
  ['Entity Framework', 'create table "__EFMigrationsHistory" ("MigrationId" varchar(150) primary key)'],
  ['Django', 'create table auth_group (id serial primary key, name varchar(150) unique)'],
  ['PostGIS', 'create table spatial_ref_sys (srid int primary key, auth_name varchar(256), proj4text varchar(2048))'],
  ['pg_partman', 'create table part_config (parent_table text primary key, control text)'],
])('%s', async (tool, sql) => {
  expect(await judged(sql)).toEqual({
    tables: [],
    note: expect.stringMatching(new RegExp(`^No rule judges what a tool makes for itself: \\w+ \\(${tool}\\)\\.$`)),
  })
})

test('another table of the same name is judged', async () => {
  expect(await judged('create table migrations (id bigint primary key, country text)')).toEqual({
    tables: ['migrations'],
    note: undefined,
  })
})
