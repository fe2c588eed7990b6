/**
 * An index that is built concurrently is interrupted in each way, or meets one that a person has made: what the run itself left behind is
 * cleaned up by the next one, and what a person has made is never dropped.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { claimOf } from '../claim.ts'
import type { Case, Kind, Observed } from '../kind.ts'
import { connected, type Lab, type LabDatabase, type Plan } from '../lab.ts'
import { inconsistencies, untruths } from '../oracle.ts'
import { MIXED } from '../plans.ts'
import { type Ended, type Running, startMigrator } from '../process.ts'
import type { Random } from '../random.ts'
import { leftBehind, stateOf } from '../state.ts'
import { recovered } from '../trial.ts'

export const indexBuilds: Kind = {
  name: 'index-builds',
  about:
    'an index build outside a transaction that is killed, cancelled, ended or interrupted while it waits, fails on duplicate rows, or meets an index that a person has made, before it or after it was killed',
  cases: async () => [...interrupted(), duplicates(true), duplicates(false), ...handmade()],
}

const BUILDS = 'users_name'
const BEFORE = 1
/** A failed build is taken back, for which it waits up to 30 s for whoever uses the table. */
const BOUND_MS = 60_000

/** What a build waits for: in its first phase for writers of the table, in its last for whoever could not see the rows that it indexed. */
const HOLDS = {
  'a writer': "begin; insert into users values (1000, 'somebody')",
  'an old snapshot': 'begin isolation level repeatable read; select 1',
} as const

const endBackend = (how: string) => async (_: Running, client: pg.Client) =>
  void (await client.query(`select ${how}(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'veza-migrator up%'`))

const INTERRUPTIONS: Readonly<Record<string, (run: Running, client: pg.Client) => Promise<void>>> = {
  SIGKILL: async ({ child }) => void child.kill('SIGKILL'),
  SIGINT: async ({ child }) => void child.kill('SIGINT'),
  SIGTERM: async ({ child }) => void child.kill('SIGTERM'),
  pg_cancel_backend: endBackend('pg_cancel_backend'),
  pg_terminate_backend: endBackend('pg_terminate_backend'),
}

const interrupted = (): Case[] =>
  Object.entries(HOLDS).flatMap(([what, hold]) =>
    Object.entries(INTERRUPTIONS).map(([name, interrupt]) => ({
      what: `${name} while the build waits for ${what}`,
      run: async (lab: Lab, random: Random) => {
        const plan = await lab.plan(MIXED)
        await using database = await lab.database({ plan, applied: BEFORE })
        const other = await connected(database.url)
        await other.query(hold)
        const run = started(database, plan)
        await building(database, run)
        await sleep(random.below(400))
        await interrupt(run, database.client)
        const ended = await run.ended
        await other.query('rollback')
        await other.end()
        return await judged(database, plan, ended, [])
      },
    })),
  )

/** With `mended`, a person has dropped the remains of the build by hand before the next run. */
const duplicates = (mended: boolean): Case => ({
  what: `duplicate rows fail the build${mended ? ', and a person drops what it left' : ''}`,
  run: async (lab) => {
    const plan = await lab.plan(MIXED)
    await using database = await lab.database({ plan, applied: BEFORE })
    await database.client.query("insert into users values (1000, 'user 1')")
    const ended = await started(database, plan).ended
    await database.client.query('delete from users where id = 1000')
    if (mended) await database.client.query(`drop index if exists ${BUILDS}`)
    return await judged(
      database,
      plan,
      ended,
      ended.exitCode === 0 ? ['it built a unique index over duplicate rows'] : [],
    )
  },
})

/** Behind a run that was disturbed: what it has left of the name goes first. */
const INSTEAD = {
  another: [`drop index if exists ${BUILDS}`, `create index ${BUILDS} on users (id)`],
  ofAnotherTable: [
    `drop index if exists ${BUILDS}`,
    'create table theirs (name text)',
    `create index ${BUILDS} on theirs (name)`,
  ],
}

/**
 * The statements by which a person makes an index of the same name: before the first run, after one that failed and has taken back what it
 * had begun, or after one that was killed and is recorded as begun.
 */
const HANDMADE: readonly {
  readonly what: string
  readonly sql: readonly string[]
  readonly after?: 'failed' | 'killed'
}[] = [
  { what: 'another index of the same table', sql: [`create index ${BUILDS} on users (id)`] },
  { what: 'an index of the same definition', sql: [`create unique index ${BUILDS} on users (name)`] },
  {
    what: 'an index of another table',
    sql: ['create table theirs (name text)', `create index ${BUILDS} on theirs (name)`],
  },
  {
    what: 'an INVALID index of the same definition',
    sql: [
      "insert into users values (1000, 'user 1')",
      `create unique index concurrently ${BUILDS} on users (name)`,
      'delete from users where id = 1000',
    ],
  },
  { what: 'a table', sql: [`create table ${BUILDS} ()`] },
  {
    what: 'another index, after a failed run',
    sql: INSTEAD.another,
    after: 'failed',
  },
  {
    what: 'the same index, after a failed run',
    sql: [`drop index if exists ${BUILDS}`, `create unique index ${BUILDS} on users (name)`],
    after: 'failed',
  },
  {
    what: 'an index of another table, after a failed run',
    sql: INSTEAD.ofAnotherTable,
    after: 'failed',
  },
  {
    what: 'another index, after a killed run',
    sql: INSTEAD.another,
    after: 'killed',
  },
  {
    what: 'an index of another table, after a killed run',
    sql: INSTEAD.ofAnotherTable,
    after: 'killed',
  },
  {
    what: 'an INVALID index of another definition, after a killed run',
    sql: [
      `drop index if exists ${BUILDS}`,
      "insert into users values (1000, 'user 1')",
      `create unique index concurrently ${BUILDS} on users (lower(name))`,
      'delete from users where id = 1000',
    ],
    after: 'killed',
  },
]

const handmade = (): Case[] =>
  HANDMADE.map(({ what, sql, after }) => ({
    what: `a person has made ${what} with the name of the one to build`,
    run: async (lab) => {
      const plan = await lab.plan(MIXED)
      await using database = await lab.database({ plan, applied: BEFORE })
      const { client } = database
      if (after === 'killed') await killedWhileBuilding(database, plan)
      if (after === 'failed') {
        await client.query("insert into users values (1000, 'user 1')")
        await started(database, plan).ended
        await client.query('delete from users where id = 1000')
      }
      // A build that fails is how a person makes an INVALID index.
      for (const statement of sql) await client.query(statement).catch(() => {})
      const theirs = await oidOf(client)
      const wrong: string[] = []
      for (const turn of ['first', 'second']) {
        const ended = await started(database, plan).ended
        const claim = claimOf(ended)
        if (claim.kind === 'wrong') wrong.push(claim.why)
        if ((await oidOf(client)) !== theirs)
          wrong.push(`the ${turn} run dropped what a person had made:\n${ended.stderr}`)
        // Only what is exactly the index that the migration builds may be taken for it.
        const isSame = what.startsWith('the same') || what.startsWith('an index of the same')
        if (ended.exitCode === 0 && !isSame) wrong.push(`the ${turn} run took what a person had made for its own`)
      }
      const { rows } = await client.query("select relkind from pg_class where oid = to_regclass('users_name')")
      const isDone = (await stateOf(client)).finished.length === plan.migrations.length
      if (!isDone && rows.length > 0)
        await client.query(`drop ${rows[0].relkind === 'r' ? 'table' : 'index'} ${BUILDS}`)
      await client.query('drop table if exists theirs')
      return { said: isDone ? 'taken over' : 'refused', wrong: [...wrong, ...(await recovered(database, plan))] }
    },
  }))

/** Leaves a migration that is recorded as begun, and the INVALID index of its build. */
async function killedWhileBuilding(database: LabDatabase, plan: Plan): Promise<void> {
  const other = await connected(database.url)
  await other.query(HOLDS['an old snapshot'])
  const run = started(database, plan)
  await building(database, run)
  run.child.kill('SIGKILL')
  await run.ended
  await other.query('rollback')
  await other.end()
  await leftBehind(database.client, 15_000)
  if ((await stateOf(database.client)).unfinished.length === 0) throw new Error('the run was killed too late')
}

const started = ({ url }: LabDatabase, { root }: Plan): Running =>
  startMigrator(['up'], { workspace: root, url, boundMs: BOUND_MS })

const oidOf = async (client: pg.Client): Promise<number | null> =>
  (await client.query("select to_regclass('public.users_name')::oid::int as oid")).rows[0].oid

/** The index is in the catalogue as soon as its build has begun. */
async function building({ client }: LabDatabase, { child }: Running): Promise<void> {
  while ((await oidOf(client)) === null && child.exitCode === null) await sleep(5)
}

async function judged(database: LabDatabase, plan: Plan, ended: Ended, more: readonly string[]): Promise<Observed> {
  const left = await leftBehind(database.client, 15_000)
  const state = await stateOf(database.client)
  const claim = claimOf(ended)
  const wrong = [
    ...more,
    ...left.map((what) => `left behind: ${what}`),
    ...inconsistencies(plan, state),
    ...untruths(claim, plan, state, { direction: 'up', before: BEFORE, knowable: true }),
    ...(await recovered(database, plan)),
  ]
  return { wrong: wrong.length === 0 ? [] : [...wrong, `the run said:\n${ended.stderr}`], said: claim.kind }
}
