/** What columns are by their name, type and default: instants, closed lists, flags, lists of ids, secrets. What must be found, and what must not. */
import { describe, expect, test } from 'vitest'
import { findingsOf, told } from './found-by-rule.ts'
import { ownDatabase } from './own-database.ts'

const own = ownDatabase()

/** `column confidence` of what the rule finds in a table with these columns. */
async function columns(rule: string, definitions: string, table = 'a'): Promise<string[]> {
  const findings = await findingsOf(own.client, rule, `create table ${table} (${definitions})`)
  return findings.map(({ column, confidence }) => `${column} ${confidence}`)
}

/** The statement at the beginning of a remedy, without the words after it. */
const statementIn = (remedy: string): string => remedy.replace(/ (where the number|\(it rewrites|, and ).*/, '')

describe('epoch-number', () => {
  const instants = [
    'received_ts bigint',
    'ts bigint',
    'ts_added_ms bigint',
    'valid_until_ms bigint',
    'created_ms numeric',
    'timestamp bigint',
    'last_seen bigint',
    'expires integer',
    'expiry_time bigint',
    'creation_time double precision',
    '"lastModified" bigint',
    'updated_on integer',
    'locked_until bigint',
    'event_timestamp bigint',
    'mtime bigint',
    'created_epoch integer',
  ]
  test.each(instants)('%s is found', async (definition) => {
    expect(await columns('epoch-number', definition)).toHaveLength(1)
  })

  const others = [
    'duration_ms bigint',
    'timeout_ms integer',
    'latency_ms bigint',
    'throttle_ms bigint',
    'max_lifetime bigint',
    'timestamp_ms integer',
    'played_ms bigint',
    'buffer_ms bigint',
    'expires_in integer',
    'processing_time bigint',
    'response_time double precision',
    'total_time double precision',
    'retry_interval bigint',
    'last_stream_ordering bigint',
    'update_count bigint',
    'updater_id bigint',
    'start_time integer',
    'sent_count bigint',
    'points bigint',
    'received_ts timestamptz',
    'parts smallint',
    'last_edit_sent integer',
  ]
  test.each(others)('%s is not', async (definition) => {
    expect(await columns('epoch-number', definition)).toEqual([])
  })

  test('a default from a clock leaves no doubt, whatever the name', async () => {
    expect(await columns('epoch-number', 'x bigint default extract(epoch from now())')).toEqual(['x high'])
  })

  test('a foreign key is no instant', async () => {
    expect(
      await columns('epoch-number', 'last_login bigint references b', 'b (id bigint primary key); create table a'),
    ).toEqual([])
  })

  test('its remedy is accepted by the server, and knows the unit where the name says it', async () => {
    const table = `create table a (sent_ms bigint default 0, seen_ts bigint); insert into a values (1700000000123, 1700000000)`
    const statements = (await findingsOf(own.client, 'epoch-number', table)).map(({ remedy }) => statementIn(remedy))
    expect(statements).toEqual([
      'ALTER TABLE a ALTER COLUMN sent_ms DROP DEFAULT, ALTER COLUMN sent_ms TYPE timestamptz USING to_timestamp(sent_ms / 1000.0)',
      'ALTER TABLE a ALTER COLUMN seen_ts TYPE timestamptz USING to_timestamp(seen_ts)',
    ])
    expect(await findingsOf(own.client, 'epoch-number', [table, ...statements].join('; '))).toEqual([])
  })
})

describe('list-without-check', () => {
  test.each([
    [`status text not null default 'open'`, 'status high'],
    ['status text', 'status medium'],
    ['order_status varchar(20)', 'order_status medium'],
    ['visibility text', 'visibility medium'],
    [`billing_mode text default 'monthly'`, 'billing_mode medium'],
    ['state text', 'state low'],
    ['kind text', 'kind low'],
    ['role varchar(16)', 'role low'],
    ['level text', 'level low'],
    ['type text', 'type low'],
    [`status text check (status <> '')`, 'status medium'],
    ['status text check (char_length(status) < 20)', 'status medium'],
  ])('%s is found', async (definition, expected) => {
    expect(await columns('list-without-check', definition)).toEqual([expected])
  })

  test.each([
    `status text check (status in ('open', 'done'))`,
    `status text check (status = 'open')`,
    `status text check (status ~ '^[a-z]+$')`,
    'status integer',
    'status text unique',
    'status text references b (code)',
    'status_message text',
    'mime_type text',
    'content_type text',
    'reportable_type text',
    'resource_type text, resource_id uuid',
    'relation_type text',
    'member_role text',
    'state text, city text, zip text',
    'type text, payload jsonb',
    'type text, state_key text, unique (type, state_key)',
    `title text default 'untitled'`,
    `status text generated always as ('a' || 'b') stored`,
  ])('%s is not', async (definition) => {
    expect(await columns('list-without-check', definition, 'b (code text primary key); create table a')).toEqual([])
  })

  test('the type of an event is open', async () => {
    expect(await columns('list-without-check', 'type text', 'room_events')).toEqual([])
  })
})

describe('timestamp-not-null', () => {
  const times = async (definitions: string) =>
    await columns(
      'timestamp-not-null',
      `created_at timestamptz not null, updated_at timestamptz not null, ${definitions}`,
    )

  test.each([
    ['seen_at timestamptz default now()', 'seen_at high'],
    ['published_at timestamptz default CURRENT_TIMESTAMP', 'published_at high'],
    ['inserted_at timestamptz', 'inserted_at medium'],
    ['"createdAt" timestamptz', 'createdAt medium'],
    ['date_created timestamptz', 'date_created medium'],
    ['registered_at timestamptz', 'registered_at medium'],
    ['last_updated timestamptz', 'last_updated low'],
    ['modified_on timestamptz', 'modified_on low'],
  ])('%s is found', async (definition, expected) => {
    expect(await times(definition)).toEqual([expected])
  })

  test.each([
    'deleted_at timestamptz',
    'published_at timestamptz',
    'expires_at timestamptz',
    'read_at timestamp',
    'confirmed_at timestamptz',
    'last_login_at timestamptz',
    'locked_until timestamptz',
    'birth_date date',
    'inserted_at timestamptz not null default now()',
    `until timestamptz default '2100-01-01'`,
    'edited_at timestamptz',
    'password_changed_at timestamptz',
    'received_at timestamptz',
  ])('%s is not', async (definition) => {
    expect(await times(definition)).toEqual([])
  })

  test('in a column that has no zone either, it is added to the remedy for that', async () => {
    const sql = 'create table a (seen_at date default CURRENT_DATE, inserted_at timestamp)'
    expect((await findingsOf(own.client, 'timestamp-not-null', sql)).map(({ column }) => column)).toEqual([
      'created_at',
    ])
    const [seenAt, insertedAt] = await findingsOf(own.client, 'timestamp-tz', sql)
    expect(seenAt!.remedy).toContain('fill what is NULL, then ALTER TABLE a ALTER COLUMN seen_at SET NOT NULL')
    expect(insertedAt!.remedy).toContain('ALTER COLUMN inserted_at SET NOT NULL')
  })
})

describe('secret', () => {
  test.each([
    'stripe_api_key text',
    'stripe_secret_key text',
    'otp_secret varchar(32)',
    'client_secret text',
    'private_key bytea',
    'smtp_password text',
    'reset_password_token text',
    'backup_codes text[]',
    '"mailApiKey" text',
  ])('%s is told with some doubt', async (definition) => {
    expect(await columns('secret', definition)).toEqual([`${definition.split(' ')[0]!.replaceAll('"', '')} medium`])
  })

  test.each([
    'encrypted_password text',
    'api_key_hash text',
    'password_digest text',
    'share_token text',
    'password_reset_token_sha256 text',
    'has_api_key boolean',
    'token_type text',
    'secretary text',
  ])('%s is not', async (definition) => {
    expect(await columns('secret', definition)).toEqual([])
  })

  test('a comment that says how it is kept settles it', async () => {
    const sql = `create table a (otp_secret text); comment on column a.otp_secret is 'Encrypted with the key of the auth service.'`
    expect(await findingsOf(own.client, 'secret', sql)).toEqual([])
  })
})

describe('frozen-default', () => {
  test('the literal now, read once when the column was made, is found, and its remedy runs', async () => {
    const table = `create table a (x timestamptz default 'now', y timestamp default timestamp 'now')`
    const findings = await findingsOf(own.client, 'frozen-default', table)
    expect(findings.map(({ column, confidence }) => `${column} ${confidence}`)).toEqual(['x high', 'y high'])
    expect(
      await findingsOf(own.client, 'frozen-default', [table, ...findings.map(({ remedy }) => remedy)].join('; ')),
    ).toEqual([])
  })

  test.each([
    `x timestamptz default '1970-01-01'`,
    `x timestamp default 'epoch'`,
    `x timestamptz default 'infinity'`,
    `x timestamp default '9999-12-31 23:59:59'`,
    `x timestamp default '2020-05-01'`,
    `x date default '2020-05-17'`,
    'x timestamptz default now()',
    `x text default '2020-05-17 12:13:14.5'`,
  ])('%s is not', async (definition) => {
    expect(await columns('frozen-default', definition)).toEqual([])
  })

  test('a time of day without a fraction is told with some doubt', async () => {
    expect(await columns('frozen-default', `x timestamp default '2020-05-17 12:13:14'`)).toEqual(['x medium'])
  })
})

describe('nullable-flag', () => {
  test('a flag that may be NULL is found, with less confidence where it has no default', async () => {
    const table =
      'create table a (x boolean default true, y boolean, z boolean not null, w boolean not null default false)'
    const findings = await findingsOf(own.client, 'nullable-flag', table)
    expect(findings.map(({ column, confidence }) => `${column} ${confidence}`)).toEqual(['x medium', 'y low'])
    expect(
      await findingsOf(
        own.client,
        'nullable-flag',
        [table, ...findings.map(({ remedy }) => remedy.replace('; then', ';'))].join('; '),
      ),
    ).toEqual([])
  })
})

describe('id-list', () => {
  test('ids in a list are found, in which type they may be', async () => {
    const sql =
      'create table users (id int); create table a (user_ids text, owner_user_ids int[], tag_ids jsonb, widget_ids text, user_id int, names text[], kids text)'
    expect(told(await findingsOf(own.client, 'id-list', sql))).toEqual([
      'a.user_ids: text: ids in one text',
      'a.owner_user_ids: integer[]: an array of ids',
      'a.tag_ids: jsonb: ids in JSON',
      'a.widget_ids: text: ids in one text',
    ])
  })

  test('a version of a row keeps what was, also ids of rows that are gone', async () => {
    expect(await columns('id-list', 'user_ids text', 'users (id int); create table pool_versions')).toEqual([
      'user_ids low',
    ])
  })

  test('where no table has that name the ids may be those of another system', async () => {
    expect(await columns('id-list', 'user_ids text, tag_ids jsonb', 'users (id int); create table a')).toEqual([
      'user_ids medium',
      'tag_ids low',
    ])
  })
})

describe('natural-key', () => {
  test('the address of an account that is not unique is found, and its remedy runs', async () => {
    const table = 'create table users (email text not null, username varchar(20) unique, name text)'
    const findings = await findingsOf(own.client, 'natural-key', table)
    expect(told(findings)).toEqual(['users.email: no unique index has it'])
    const statement = findings[0]!.remedy.replace(/^.*, then /, '').replace('CONCURRENTLY ', '')
    expect(await findingsOf(own.client, 'natural-key', `${table}; ${statement}`)).toEqual([])
  })

  test.each([
    'create table users (email text unique)',
    'create table users (email text); create unique index on users (lower(email))',
    'create table users (tenant_id int, email text, unique (tenant_id, email))',
    'create table users (email text, deleted_at timestamptz); create unique index on users (email) where deleted_at is null',
    'create table newsletters (email text)',
  ])('%s is let pass', async (sql) => {
    expect(await findingsOf(own.client, 'natural-key', sql)).toEqual([])
  })
})
