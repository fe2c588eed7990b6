import { readdirSync, readFileSync } from 'node:fs'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCatalog } from '../src/catalog/read.ts'
import type { Catalog } from '../src/catalog/types.ts'
import { connect } from '../src/database/connect.ts'
import { rules } from '../src/rules/list.ts'
import { runRules } from '../src/rules/run.ts'
import { randomCatalog } from './random-catalog.ts'
import { spec } from './v1/parse-spec.ts'

let database: TestDatabase

// V1, so that all that is found is what a test has done; what later migrations make is judged by `check`.
beforeAll(async () => {
  database = await testDatabase({ migrated: 'v1' })
})
afterAll(async () => {
  await database?.drop()
})

/** V1 with this done to it, and rolled back. */
async function after(sql: string): Promise<Catalog> {
  const client = await connect(database.url, 'test')
  try {
    await client.query('begin')
    if (sql !== '') await client.query(sql)
    return await readCatalog(client)
  } finally {
    await client.query('rollback')
    await client.end()
  }
}

const said = (catalog: Catalog, v1?: Catalog) =>
  runRules(catalog, v1 && { v1 }).map(({ rule, table, column, found }) => `${rule} ${table}.${column}: ${found}`)

test('V1 audits clean, the history table included', async () => {
  const catalog = await after('')
  expect(catalog.tables.map(({ name }) => name)).toContain('migration_history')
  expect(catalog.tables).toHaveLength(spec.tables.length + 1)
  expect(runRules(catalog)).toEqual([])
})

test('each rule has its file, and each file of a rule is in the list', () => {
  const folder = new URL('../src/rules/', import.meta.url)
  const files = readdirSync(folder).filter((file) => /: Rule = \{/.test(readFileSync(new URL(file, folder), 'utf8')))
  expect(rules.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort())
})

test('each rule says in whole sentences what it asks for and why', () => {
  for (const { summary, consequence } of rules) {
    expect(summary).toMatch(/^[A-Z].*\.$/)
    expect(consequence).toMatch(/^[A-Z].*\.$/)
  }
})

test('no rule ever throws, whatever the catalogue holds, and each finding is whole', () => {
  fc.assert(
    fc.property(randomCatalog, fc.option(randomCatalog, { nil: undefined }), (catalog, v1) => {
      for (const finding of runRules(catalog, v1 && { v1 })) {
        expect(finding.found).not.toMatch(/undefined|\[object/)
        expect(finding.expected).not.toMatch(/undefined|\[object/)
        expect(rules.map(({ name }) => name)).toContain(finding.rule)
      }
    }),
    { numRuns: 300 },
  )
})

describe('what is judged', () => {
  test('a partition is not, its parent is; a foreign schema is named', async () => {
    const catalog = await after(`create table samples (at timestamptz not null) partition by range (at);
      create table samples_1 partition of samples default; create schema reporting; create table reporting.a ()`)
    expect(said(catalog).filter((line) => line.startsWith('pk-uuid'))).toEqual(['pk-uuid samples.null: no primary key'])
    expect(said(catalog)).toContain('scope null.null: schema reporting has tables or views')
    expect(said(catalog).filter((line) => line.includes('samples_1'))).toEqual([])
  })

  test('what an extension brought is not', async () => {
    const catalog = await after('')
    const table = { ...catalog.tables[0]!, name: 'spatial_ref_sys', comment: null, constraints: [] }
    const isFound = (extension: string | null) =>
      said({ ...catalog, tables: [{ ...table, extension }] }).some((line) => line.includes('spatial_ref_sys'))
    expect([isFound('postgis'), isFound(null)]).toEqual([false, true])
  })

  test('a reference into the chat schema is an error, the schema itself is none', async () => {
    const catalog = await after(`create schema chat; create table chat.conversations (id uuid primary key);
      alter table rooms add column conversation_id uuid constraint fk_rooms_conversation_id references chat.conversations on delete set null;
      create index idx_rooms_conversation_id on rooms (conversation_id)`)
    expect(said(catalog)).toEqual([
      'scope rooms.conversation_id: fk_rooms_conversation_id references chat.conversations',
    ])
  })
})

describe('a table of another schema', () => {
  /** As the catalogue of a database is read in which everything of public stands in billing. */
  const moved = ({ tables, ...rest }: Catalog, home?: string): Catalog => ({
    ...rest,
    ...(home !== undefined && { home }),
    tables: tables.map((table) => ({
      ...table,
      schema: 'billing',
      constraints: table.constraints.map(({ references, ...constraint }) => ({
        ...constraint,
        references: references && { ...references, schema: 'billing' },
      })),
    })),
  })
  const spoilt = () =>
    after(`alter table rooms alter created_at drop not null; create index twice on rooms (creator_id)`)
  const remedies = (catalog: Catalog, v1: Catalog) =>
    runRules(catalog, { v1 })
      .filter(({ rule }) => ['timestamp-not-null', 'duplicate-index'].includes(rule))
      .map(({ table, remedy }) => `${table}: ${remedy}`)

  test('is named with its schema, in words and in statements', async () => {
    expect(remedies(moved(await spoilt()), await after(''))).toEqual([
      'billing.rooms: Fill what is NULL, then ALTER TABLE billing.rooms ALTER COLUMN created_at SET NOT NULL',
      'billing.rooms: DROP INDEX CONCURRENTLY billing.twice',
    ])
  })

  test('stands alone in words, and is compared with V1, where its schema was asked for in the place of public', async () => {
    const v1 = await after('')
    expect(remedies(moved(await spoilt(), 'billing'), v1).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      'rooms',
      'rooms',
    ])
    expect(said(moved(v1, 'billing'), v1)).toEqual([])
  })
})

describe('what is let pass, and what is not', () => {
  const cases: readonly (readonly [what: string, sql: string, expected: readonly string[]])[] = [
    [
      'a foreign key index over the rows that have a reference serves it',
      `drop index idx_playlist_tracks_added_by; create index idx_playlist_tracks_added_by on playlist_tracks (added_by) where added_by is not null`,
      [],
    ],
    [
      'a partial index for another reason does not',
      `drop index idx_playlist_tracks_added_by; create index idx_playlist_tracks_added_by on playlist_tracks (added_by) where position > 0`,
      ['fk-index playlist_tracks.added_by: only a partial index, idx_playlist_tracks_added_by'],
    ],
    [
      'clock_timestamp() in any default is found, not only in created_at',
      `alter table track_plays alter played_at set default clock_timestamp()`,
      ['timestamp-default track_plays.played_at: DEFAULT clock_timestamp()'],
    ],
    [
      'CURRENT_TIMESTAMP and now() are told apart',
      `alter table rooms alter created_at set default now()`,
      ['timestamp-default rooms.created_at: DEFAULT now()'],
    ],
    [
      'a column that may point at any table is no reference',
      `alter table rooms add subject_type text, add subject_id uuid; create table subjects (like roles including all);
       comment on table subjects is 'A subject.'; create trigger trg_subjects_updated_at before update on subjects
       for each row execute function set_updated_at()`,
      [
        'naming subjects.code: unique subjects_code_key',
        'naming subjects.id: primary key subjects_pkey',
        'naming subjects.code: check chk_roles_code',
        'naming subjects.level: check chk_roles_level',
        'naming subjects.name: check chk_roles_name',
      ],
    ],
    [
      'the trigger may be there and do nothing',
      `alter table rooms disable trigger trg_rooms_updated_at`,
      ['invalid-object rooms.null: trigger trg_rooms_updated_at is disabled'],
    ],
    [
      'an event table is referenced by nothing',
      `alter table rooms add play_id uuid constraint fk_rooms_play_id references track_plays on delete cascade;
       create index idx_rooms_play_id on rooms (play_id)`,
      ['event-table rooms.play_id: fk_rooms_play_id references the event table track_plays'],
    ],
  ]
  test.each(cases)('%s', async (_what, sql, expected) => {
    expect(said(await after(sql)).sort()).toEqual([...expected].sort())
  })

  test('a unique constraint over deleted rows is meant where V1 says it, and a fault where it does not', async () => {
    const v1 = await after('')
    const live = await after('alter table rooms add constraint uq_rooms_name_all unique (name)')
    expect(said(live, v1).filter((line) => line.startsWith('soft-delete'))).toEqual([
      'soft-delete rooms.name: uq_rooms_name_all is unique over deleted rows too',
    ])
    expect(said(live).filter((line) => line.startsWith('soft-delete'))).toEqual([])
  })
})
