/**
 * The plans that the laboratory runs, as data: what each migration does stands here as SQL, so that the state that it must lead to can be
 * made without the migrator. None of them stores a time or a made-up id: the same plan gives the same rows each time.
 */
import type { DomainsData } from '../../packages/migrator/test/fixture-workspace.ts'

export interface LabMigration {
  readonly id: string
  /** What it does, for the state to compare with; also what its file says unless there is a `source`. */
  readonly up: readonly string[]
  readonly down: readonly string[]
  readonly transaction?: false
  /** The index that a migration outside a transaction builds. */
  readonly builds?: string
  /** The text of its file, where that is more than a list of statements. */
  readonly source?: string
}

export interface PlanData {
  readonly name: string
  /** In the order of the run. */
  readonly migrations: readonly LabMigration[]
  /** By domain; default none. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>
}

const table = (id: string, name: string, columns: string): LabMigration => ({
  id,
  up: [`create table ${name} (${columns})`, `comment on table ${name} is 'made by ${id}'`],
  down: [`drop table ${name}`],
})

const ADDS_LABELS = `import { type Kysely, sql } from 'kysely'
export const about = 'reads rows and writes one for each'
export async function up(db: Kysely<any>): Promise<void> {
  const { rows } = await sql<{ id: number; name: string }>\`select id, name from people order by id\`.execute(db)
  for (const { id, name } of rows) await sql\`insert into labels (id, label) values (\${id}, \${name.toUpperCase()})\`.execute(db)
}
export async function down(db: Kysely<any>): Promise<void> {
  await sql\`select count(*) from labels\`.execute(db)
  await sql.raw('delete from labels').execute(db)
}
`

/** One transaction: tables of two domains, rows, a function, a trigger, an enum, a changed table, and a migration that reads. */
export const ORDINARY: PlanData = {
  name: 'ordinary',
  dependencies: { auth: ['core'] },
  migrations: [
    {
      id: 'core/001_people',
      up: [
        'create table people (id int primary key, name text not null)',
        "insert into people values (1, 'ann'), (2, 'bob'), (3, 'cid')",
      ],
      down: ['drop table people'],
    },
    {
      id: 'core/002_counters',
      up: [
        'create table counters (id int primary key references people (id), value int not null default 0)',
        'create function bump() returns trigger language plpgsql as $f$ begin new.value := new.value + 1; return new; end $f$',
        'create trigger counters_bump before update on counters for each row execute function bump()',
        'insert into counters (id) select id from people',
        'update counters set value = 10',
      ],
      down: ['drop table counters', 'drop function bump()'],
    },
    table('core/003_labels', 'labels', 'id int primary key, label text'),
    {
      id: 'core/004_fill',
      up: ['insert into labels select id, upper(name) from people'],
      down: ['delete from labels'],
      source: ADDS_LABELS,
    },
    {
      id: 'core/005_email',
      up: [
        'alter table people add column email text',
        "update people set email = name || '@example.org'",
        'alter table people alter column email set not null',
        'create unique index people_email on people (email)',
      ],
      down: ['alter table people drop column email'],
    },
    {
      id: 'auth/001_tokens',
      up: [
        "create type token_kind as enum ('reset', 'verify')",
        'create table tokens (id int primary key, person int not null references people (id) on delete cascade, kind token_kind not null)',
        'create index tokens_person on tokens (person)',
      ],
      down: ['drop table tokens', 'drop type token_kind'],
    },
    table('auth/002_scopes', 'scopes', "id int primary key, name text check (name <> '')"),
  ],
}

/** Three pieces and more: indexes that are built outside a transaction, between and behind ordinary migrations. */
export const MIXED: PlanData = {
  name: 'mixed',
  migrations: [
    {
      id: 'core/001_users',
      up: [
        'create table users (id int primary key, name text not null)',
        "insert into users select n, 'user ' || n from generate_series(1, 200) n",
      ],
      down: ['drop table users'],
    },
    {
      id: 'core/002_users_name',
      transaction: false,
      builds: 'users_name',
      up: ['create unique index concurrently users_name on users (name)'],
      down: ['drop index concurrently if exists users_name'],
    },
    table('core/003_notes', 'notes', 'id int primary key, body text'),
    {
      id: 'core/004_notes_body',
      transaction: false,
      builds: 'notes_body',
      up: ['create index concurrently notes_body on notes (body)'],
      down: ['drop index concurrently if exists notes_body'],
    },
  ],
}

const plain = (id: string, name: string): LabMigration => table(id, name, 'id int')

const BIG = 'select repeat(md5(n::text), 30) as text from generate_series(1, 40000) n'

/** Writes 40 MB and throws them away again. */
export const BIG_STATEMENT: PlanData = {
  name: 'big_statement',
  migrations: [
    plain('core/001_before', 'before'),
    {
      id: 'core/002_big',
      up: [`create table big as ${BIG}`, 'drop table big'],
      down: [`create table big as ${BIG}`, 'drop table big'],
    },
    plain('core/003_after', 'after'),
  ],
}

/** The same, but in a trigger that waits for the commit. */
export const BIG_AT_COMMIT: PlanData = {
  name: 'big_at_commit',
  migrations: [
    {
      id: 'core/001_fuse',
      up: [
        'create table fuse (id int)',
        `create function burn() returns trigger language plpgsql as $f$ begin create table big as ${BIG}; drop table big; return null; end $f$`,
        'create constraint trigger burn after insert or delete on fuse deferrable initially deferred for each row execute function burn()',
      ],
      down: ['drop table if exists fuse', 'drop function if exists burn()'],
    },
    { id: 'core/002_light', up: ['insert into fuse values (1)'], down: ['delete from fuse'] },
    plain('core/003_after', 'after'),
  ],
}

/** An index of 2 MB. */
export const BIG_INDEX: PlanData = {
  name: 'big_index',
  migrations: [
    {
      id: 'core/001_words',
      up: ['create table words (word text)', 'insert into words select md5(n::text) from generate_series(1, 30000) n'],
      down: ['drop table words'],
    },
    {
      id: 'core/002_words_word',
      transaction: false,
      builds: 'words_word',
      up: ['create index concurrently words_word on words (word)'],
      down: ['drop index concurrently if exists words_word'],
    },
  ],
}

/** A statement that takes long where LAB_SLOW_MS says so, and does nothing otherwise. */
export const SLOW_STATEMENT: PlanData = {
  name: 'slow_statement',
  migrations: [
    plain('core/001_before', 'before'),
    {
      id: 'core/002_slow',
      up: [],
      down: [],
      source: slow('await sql.raw("select pg_sleep(" + ms / 1000 + ")").execute(db)'),
    },
    plain('core/003_after', 'after'),
  ],
}

/** A migration that awaits something in JavaScript for as long. */
export const SLOW_JAVASCRIPT: PlanData = {
  name: 'slow_javascript',
  migrations: [
    plain('core/001_before', 'before'),
    { id: 'core/002_slow', up: [], down: [], source: slow('await new Promise((done) => setTimeout(done, ms))') },
    plain('core/003_after', 'after'),
  ],
}

/** An index whose build waits for whoever writes to any table at that time. */
export const SLOW_INDEX: PlanData = { ...MIXED, name: 'slow_index' }

/** The file of a migration that reads a row, and so runs live, before it does this. */
function slow(does: string): string {
  return `import { type Kysely, sql } from 'kysely'
export const about = 'takes its time'
export async function up(db: Kysely<any>): Promise<void> {
  const { rows } = await sql<{ live: boolean }>\`select true as live\`.execute(db)
  const ms = rows.length === 0 ? 0 : Number(process.env.LAB_SLOW_MS ?? 0)
  if (ms > 0) ${does}
}
export async function down(): Promise<void> {}
`
}

/** The files of a plan, for a workspace. */
export function domainsOf({ migrations, dependencies = {} }: PlanData): DomainsData {
  const domains: Record<string, { dependencies: readonly string[]; migrations: Record<string, any> }> = {}
  for (const { id, source, up, down, transaction } of migrations) {
    const [domain, name] = id.split('/') as [string, string]
    domains[domain] ??= { dependencies: dependencies[domain] ?? [], migrations: {} }
    domains[domain].migrations[name] = source ?? { up, down, ...(transaction === false && { transaction }) }
  }
  return domains
}
