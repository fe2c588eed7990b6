/** `public` against `chat` and other schemas: whose each table is, and where schemas meet. */
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import { textSections } from '../src/audit/formats/blocks-text.ts'
import type { AuditReport } from '../src/audit/report.ts'
import { governanceSection } from '../src/audit/sections/governance.ts'
import { connect } from '../src/database/connect.ts'
import { plainPaint } from '../src/report/output.ts'
import { openWorkspace } from '../src/workspace/workspace.ts'

let report: AuditReport
let chatServer: string
let drop: () => Promise<void>

beforeAll(async () => {
  const database = await testDatabase()
  chatServer = `chat_server_${database.name.slice(-12)}`
  await database.client.query(`
    create role ${chatServer};
    create table users (id uuid primary key);
    create table rooms (id uuid primary key);
    create table legends (id uuid primary key);
    grant select on users to ${chatServer};
    grant update (id) on users to ${chatServer} with grant option;
    grant select on legends to public;
    create schema chat;
    create table chat.rooms (id int primary key, user_id uuid references public.users);
    create table chat.messages (id int primary key, sent_at date) partition by range (id);
    create table chat.messages_1 partition of chat.messages for values from (1) to (2);
    alter table chat.rooms owner to ${chatServer};
    create schema reporting`)
  drop = async () => {
    await database.client.query(`drop owned by ${chatServer}; drop role ${chatServer}`)
    await database.drop()
  }
  using v1 = v1Workspace()
  const workspace = await openWorkspace(v1.root, { edited: 'accept' })
  const client = await connect(database.url, 'test')
  const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 60_000 }
  try {
    report = await audit({ client, workspace, limits, baseline: new Set() })
  } finally {
    await client.end()
  }
})
afterAll(async () => {
  await drop?.()
})

test('each schema has its tables and their owners, partitions with their parents', () => {
  expect(report.governance.schemas.map(({ roles, ...schema }) => ({ ...schema, roles: roles.length }))).toEqual([
    { name: 'public', audited: true, tables: 3, roles: 1 },
    { name: 'chat', audited: false, tables: 2, roles: 2 },
    { name: 'reporting', audited: false, tables: 0, roles: 1 },
  ])
})

test('a name in both, and a reference that crosses', () => {
  expect(report.governance.shared).toEqual([{ name: 'rooms', schemas: ['public', 'chat'] }])
  expect(report.governance.crossings).toEqual([
    {
      name: 'rooms_user_id_fkey',
      columns: ['user_id'],
      from: { schema: 'chat', name: 'rooms' },
      to: { schema: 'public', name: 'users' },
    },
  ])
})

test('a role from another schema and everybody come first among those that may use tables', () => {
  expect(report.governance.access).toEqual([
    { role: 'PUBLIC', schema: 'public', tables: ['legends'], privileges: ['SELECT'], home: [] },
    { role: chatServer, schema: 'public', tables: ['users'], privileges: ['SELECT', 'UPDATE'], home: ['chat'] },
  ])
})

test('a role that owns tables on both sides is told', () => {
  const owner = report.governance.tables.find(({ name }) => name === 'messages')!.role
  expect(report.governance.everywhere).toEqual([{ role: owner, schemas: ['public', 'chat'] }])
})

test('the section says all of it, table by table', () => {
  const lines = textSections([governanceSection(report)], { paint: plainPaint, width: undefined, limit: 100 })
  const text = lines.join('\n').replaceAll(chatServer, 'chat_server').replaceAll(/ +/g, ' ')
  const owner = report.governance.everywhere[0]!.role
  for (const line of [
    ` public core (1), social (1), no domain (1) 3 ${owner} (3) yes`,
    ' chat the chat server; left alone here 2 chat_server (1), ',
    ' reporting no domain of this repository 0 ',
    ' chat.rooms (user_id) public.users rooms_user_id_fkey',
    ' PUBLIC, every role - public 1 of 3 SELECT',
    ' chat_server chat public 1 of 3 SELECT, UPDATE',
    ` public users core ${owner} chat_server SELECT, UPDATE (id) WITH GRANT OPTION`,
    ' chat rooms chat server chat_server -',
    ` public legends ? ${owner} PUBLIC SELECT`,
  ])
    expect(text).toContain(line)
})
