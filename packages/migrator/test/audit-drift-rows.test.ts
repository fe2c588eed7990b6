/** The rows that migrations inserted: what became of them, by the keys that are the same in every database. */
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../src/audit/audit.ts'
import { driftLine, lookForDrift } from '../src/audit/drift/status-drift.ts'
import { connect } from '../src/database/connect.ts'
import { plainPaint } from '../src/report/output.ts'
import { openWorkspace, type Workspace } from '../src/workspace/workspace.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'
import { migrate } from './runs.ts'

const LIMITS = { lockTimeoutMs: 300, statementTimeoutMs: 60_000 }
const ID = 'id uuid primary key default gen_random_uuid()'

let files: FixtureWorkspace
let workspace: Workspace

beforeAll(async () => {
  files = await fixtureWorkspace({
    core: {
      migrations: {
        '001_roles': {
          up: [
            `create table roles (${ID}, code text not null unique, level int not null, api_token text, at timestamptz default now())`,
            `create table rights (${ID}, resource text not null, action text not null, unique (resource, action))`,
            `create table role_rights (${ID}, role_id uuid not null references roles on delete cascade, right_id uuid not null references rights, unique (role_id, right_id))`,
            'create table notes (body text)',
            'create table empty (body text)',
            "insert into roles (code, level, api_token) values ('admin', 80, 'first'), ('user', 10, null)",
            "insert into rights (resource, action) values ('tracks', 'read'), ('tracks', 'write')",
            "insert into role_rights (role_id, right_id) select roles.id, rights.id from roles, rights where code = 'admin' or action = 'read'",
            "insert into notes values ('hello')",
          ],
          down: ['drop table notes, empty, role_rights, rights, roles'],
        },
      },
    },
  })
  workspace = await openWorkspace(files.root)
})
afterAll(() => files[Symbol.dispose]())

async function built(sql: string): Promise<TestDatabase> {
  const db = await testDatabase()
  await migrate(db.url, files)
  await db.client.query(sql)
  return db
}

/** `error roles: what was found | what was expected`, of drift and of what could not be read. */
async function told(db: TestDatabase): Promise<string[]> {
  const client = await connect(db.url, 'test')
  try {
    const { findings } = await audit({ client, workspace, limits: LIMITS, baseline: new Set() })
    return findings
      .filter(({ rule }) => rule === 'drift')
      .map(({ severity, table, found, expected }) => `${severity} ${table}: ${found} | ${expected}`)
  } finally {
    await client.end()
  }
}

const MADE = 'core/001_roles made its table'

const cases: readonly (readonly [sql: string, ...told: string[]])[] = [
  // Ids, times and what people add differ from database to database.
  [
    `update roles set at = '2020-01-01'; insert into roles (code, level) values ('mine', 5);
     insert into rights (resource, action) values ('mine', 'read'); insert into empty values ('mine')`,
  ],
  [
    "update roles set level = 99 where code = 'admin'",
    `error roles: row code = admin of roles was changed by hand; ${MADE}: level = 99 | level = 80`,
  ],
  [
    "update roles set api_token = 'second' where code = 'admin'",
    `error roles: row code = admin of roles was changed by hand; ${MADE}: api_token = (not shown) | api_token = (not shown)`,
  ],
  // What points to a lost row is lost with it, and that is one finding.
  [
    "delete from roles where code = 'user'",
    `error roles: row code = user of roles was dropped by hand; ${MADE} | level = 10, api_token = (not shown)`,
  ],
  [
    "delete from role_rights using roles where roles.id = role_id and code = 'user'",
    `error role_rights: row role_id = (code = user), right_id = (action = read, resource = tracks) of role_rights was dropped by hand; ${MADE} | a row`,
  ],
  ["update notes set body = 'bye'", `error notes: row body = hello of notes was dropped by hand; ${MADE} | a row`],
  // The rest of the row is compared, and what somebody added to the table is a finding of its own.
  [
    "alter table roles add extra text; update roles set level = 99 where code = 'admin'; alter table notes add extra text",
    'error notes: column notes.extra was added by hand; core/001_roles made its table: text | nothing of that name',
    'error roles: column roles.extra was added by hand; core/001_roles made its table: text | nothing of that name',
    `error roles: row code = admin of roles was changed by hand; ${MADE}: level = 99 | level = 80`,
  ],
  [
    'alter table roles rename level to rank',
    'error roles: column roles.level was renamed to rank by hand; core/001_roles made it: integer NOT NULL | integer NOT NULL',
  ],
]
test.each(cases)('%s', async (sql, ...expected) => {
  await using db = await built(sql)
  expect((await told(db)).sort()).toEqual([...expected].sort())
})

test('a value in a report is never as long as somebody likes, nor is what could be a secret in it', async () => {
  await using db = await built(`update roles set level = 81, api_token = repeat('x', 5000) where code = 'admin'`)
  const found = (await told(db)).join()
  expect(found).not.toContain('xx')
  expect(found).toContain('level = 81')
})

describe('what cannot be read is said, and is not called fine', () => {
  /** The line of `status --drift` for a role that may read the history, and what `granted` says. */
  async function lineFor(granted: string, sql = ''): Promise<string> {
    await using db = await built(sql)
    const role = `veza_rows_${process.pid}`
    await db.client.query(
      `create role ${role}; grant usage on schema public to ${role}; grant select on migration_history, ${granted} to ${role}`,
    )
    const client = await connect(`${db.url}?options=${encodeURIComponent(`-c role=${role}`)}`, 'test')
    try {
      const found = await lookForDrift(client, workspace, LIMITS)
      // The reader's own rights are no part of these tests.
      const differences = found!.differences.filter(({ kind }) => kind !== 'grant')
      return driftLine({ ...found!, differences }, plainPaint).replaceAll(role, 'reader')
    } finally {
      await client.end()
      await db.client.query(`drop owned by ${role}; drop role ${role}`)
    }
  }

  test('for want of a right', async () => {
    expect(await lineFor('rights, notes')).toBe(
      'drift: none found; not looked at: the rows that migrations inserted into role_rights (role reader may not read role_rights), ' +
        'the rows that migrations inserted into roles (role reader may not read roles)',
    )
  })

  test('because of row level security', async () => {
    const line = await lineFor('roles, rights, role_rights, notes', 'alter table notes enable row level security')
    expect(line).toBe(
      'drift: 1 object: table notes was changed by hand; core/001_roles made it; not looked at: ' +
        'the rows that migrations inserted into notes (row level security hides rows of notes from role reader)',
    )
  })

  test('because somebody holds the table, and the other tables are looked at', async () => {
    await using db = await built("update roles set level = 99 where code = 'admin'")
    const holder = await connect(db.url, 'test')
    await holder.query('begin; lock table notes in access exclusive mode')
    const client = await connect(db.url, 'test')
    const line = driftLine(await lookForDrift(client, workspace, LIMITS), plainPaint)
    await client.end()
    await holder.end()
    expect(line).toContain('drift: 1 object: row code = admin of roles was changed by hand')
    expect(line).toContain('; not looked at: the table notes (the session with pid ')
  })
})
