import { fileURLToPath } from 'node:url'
import { migrateUp } from '@veza/migrator'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { ChatSchemaRefusedError, createChatSchema } from './index.ts'

const workspace = fileURLToPath(new URL('../..', import.meta.url))

const chatTables = async ({ client }: TestDatabase) =>
  (
    await client.query(`select table_name from information_schema.tables where table_schema = 'chat' order by 1`)
  ).rows.map((row) => row.table_name)

test('creates conversations and messages with uuid keys, empty, beside V1', async () => {
  await using db = await testDatabase({ migrated: true })
  await createChatSchema(db.client, {})
  expect(await chatTables(db)).toEqual(['conversations', 'messages'])
  const { rows } =
    await db.client.query(`with talk as (insert into chat.conversations (created_by) values (gen_random_uuid()) returning id)
    insert into chat.messages (conversation_id, sender_id, content) select id, gen_random_uuid(), 'hello' from talk
    returning pg_typeof(id)::text as id, deleted_at`)
  expect(rows).toEqual([{ id: 'uuid', deleted_at: null }])
})

test('up never creates the schema, neither on an empty database nor beside one that is there', async () => {
  await using empty = await testDatabase()
  await migrateUp({ databaseUrl: empty.url, workspace })
  expect((await empty.client.query(`select to_regnamespace('chat') as chat`)).rows).toEqual([{ chat: null }])

  await using prepared = await testDatabase()
  await createChatSchema(prepared.client, {})
  const oids = async () =>
    (
      await prepared.client.query(
        `select oid, relname from pg_class where relnamespace = 'chat'::regnamespace order by 1`,
      )
    ).rows
  const before = await oids()
  await migrateUp({ databaseUrl: prepared.url, workspace })
  expect(await oids()).toEqual(before)
})

test('refuses in production, before it says a word to the database', async () => {
  const client = { query: () => Promise.reject(new Error('asked')) }
  await expect(createChatSchema(client, { NODE_ENV: 'production' })).rejects.toThrow(
    new ChatSchemaRefusedError('NODE_ENV is "production"'),
  )
})

test('refuses where there is a schema chat, and leaves it as it is', async () => {
  await using db = await testDatabase()
  await db.client.query('create schema chat; create table chat.real (id int)')
  await expect(createChatSchema(db.client, {})).rejects.toThrow('this database has a schema chat already')
  expect(await chatTables(db)).toEqual(['real'])
})
