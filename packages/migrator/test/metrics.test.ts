/** status --format prometheus: a strict reader reads it, nothing that was not looked for has a sample, and a failure says so. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDatabase } from '@veza/tools/test-database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkedFrom } from '../src/monitor/checked.ts'
import { exposition } from '../src/monitor/exposition.ts'
import { metricLines } from '../src/monitor/metrics.ts'
import type { Observed } from '../src/monitor/observe.ts'
import { statusOf } from '../src/report/status.ts'
import { callCommand } from './command.ts'
import { parseExposition } from './exposition-parser.ts'
import { type FixtureWorkspace, fixtureWorkspace } from './fixture-workspace.ts'
import { migrate } from './runs.ts'
import { alike } from './told.ts'
import { applied, orderOf } from './values.ts'

const order = orderOf('core/001_users', 'core/002_tags')
const observed: Observed = {
  at: new Date('2026-02-01T00:00:00.250Z'),
  isStandby: false,
  history: order.map((step) => applied(step)),
  holder: undefined,
  partitioned: [],
  repairs: { kind: 'none' },
}
const target = { host: '10.0.0.7', port: 5432, database: 'veza', user: 'mon' }

function text(given: Partial<Observed> = {}, drift?: readonly string[] | null): string {
  const found = { ...observed, ...given }
  const status = statusOf(order, found.history, { isRunning: found.holder !== undefined })
  const place = { client: { target, serverVersion: '18.4' }, embeddedDataDir: undefined }
  return `${metricLines(checkedFrom({ place, status, observed: found, drift })).join('\n')}\n`
}

const valuesOf = (page: string): Record<string, number> =>
  Object.fromEntries(
    parseExposition(page).flatMap(({ samples }) =>
      samples.map(({ name, labels: { target: _, ...labels }, value }) => [
        `${name}${Object.keys(labels).length === 0 ? '' : JSON.stringify(labels)}`,
        value,
      ]),
    ),
  )

test('a database in which all is well', () => {
  expect(text()).toMatchInlineSnapshot(`
    "# HELP veza_migrations_up Whether the last check could read the database.
    # TYPE veza_migrations_up gauge
    veza_migrations_up{target="10.0.0.7:5432/veza"} 1
    # HELP veza_migrations_check_timestamp_seconds When the check was made, on the server's clock.
    # TYPE veza_migrations_check_timestamp_seconds gauge
    veza_migrations_check_timestamp_seconds{target="10.0.0.7:5432/veza"} 1769904000.25
    # HELP veza_migrations_in_checkout Migrations of this checkout.
    # TYPE veza_migrations_in_checkout gauge
    veza_migrations_in_checkout{target="10.0.0.7:5432/veza"} 2
    # HELP veza_migrations_applied Migrations that are applied as they are in this checkout.
    # TYPE veza_migrations_applied gauge
    veza_migrations_applied{target="10.0.0.7:5432/veza"} 2
    # HELP veza_migrations_pending Migrations of this checkout that are not applied.
    # TYPE veza_migrations_pending gauge
    veza_migrations_pending{target="10.0.0.7:5432/veza"} 0
    # HELP veza_migrations_changed Migrations that were applied with another checksum than in this checkout.
    # TYPE veza_migrations_changed gauge
    veza_migrations_changed{target="10.0.0.7:5432/veza"} 0
    # HELP veza_migrations_running Migrations outside a transaction that a run is at work on.
    # TYPE veza_migrations_running gauge
    veza_migrations_running{target="10.0.0.7:5432/veza"} 0
    # HELP veza_migrations_interrupted Migrations outside a transaction that began and did not finish, with no run under way.
    # TYPE veza_migrations_interrupted gauge
    veza_migrations_interrupted{target="10.0.0.7:5432/veza"} 0
    # HELP veza_migrations_unknown Applied migrations that this checkout does not know.
    # TYPE veza_migrations_unknown gauge
    veza_migrations_unknown{target="10.0.0.7:5432/veza"} 0
    # HELP veza_migrations_last_applied_timestamp_seconds When the newest migration was applied.
    # TYPE veza_migrations_last_applied_timestamp_seconds gauge
    veza_migrations_last_applied_timestamp_seconds{target="10.0.0.7:5432/veza"} 1767323045.678
    # HELP veza_migrations_concerns What somebody should look at, by kind. The exit code is 1 if any of them is not 0.
    # TYPE veza_migrations_concerns gauge
    veza_migrations_concerns{target="10.0.0.7:5432/veza",kind="pending"} 0
    veza_migrations_concerns{target="10.0.0.7:5432/veza",kind="changed"} 0
    veza_migrations_concerns{target="10.0.0.7:5432/veza",kind="interrupted"} 0
    veza_migrations_concerns{target="10.0.0.7:5432/veza",kind="unknown"} 0
    veza_migrations_concerns{target="10.0.0.7:5432/veza",kind="partition-default"} 0
    veza_migrations_concerns{target="10.0.0.7:5432/veza",kind="partition-end"} 0
    # HELP veza_migrations_standby Whether the database is a standby.
    # TYPE veza_migrations_standby gauge
    veza_migrations_standby{target="10.0.0.7:5432/veza"} 0
    # HELP veza_migrations_run_in_progress Whether a run holds the lock.
    # TYPE veza_migrations_run_in_progress gauge
    veza_migrations_run_in_progress{target="10.0.0.7:5432/veza"} 0
    # HELP veza_migrations_repairs How often people changed the history by hand.
    # TYPE veza_migrations_repairs gauge
    veza_migrations_repairs{target="10.0.0.7:5432/veza"} 0
    # HELP veza_migrations_drift_checked Whether the check looked for drift.
    # TYPE veza_migrations_drift_checked gauge
    veza_migrations_drift_checked{target="10.0.0.7:5432/veza"} 0
    "
  `)
  expect(() => parseExposition(text())).not.toThrow()
})

test('a run, a repair, drift and partitions, in seconds and with their labels', () => {
  const holder = {
    pid: 4711,
    application: 'veza-migrator up "x"\\y',
    user: 'veza',
    client: '10.0.0.8',
    state: 'active',
    since: new Date('2026-02-01T00:00:00.000Z'),
  }
  const repair = {
    domain: 'core',
    name: '001_users',
    action: 'mark-done',
    reason: 'a reason',
    checksumBefore: null,
    checksumAfter: null,
    appliedBy: 'ann@laptop',
    toolVersion: '1',
    createdAt: new Date('2026-01-31T00:00:00.000Z'),
  } as const
  const plays = {
    table: 'plays',
    strategy: 'range',
    partitions: 3,
    defaultPartition: { name: 'plays_default', estimatedRows: 12 },
    newestEnd: new Date('2026-03-01T00:00:00.000Z'),
    isOpenEnded: false,
  } as const
  const values = valuesOf(
    text({ holder, partitioned: [plays], repairs: { kind: 'read', repairs: [repair] } }, ['a', 'b']),
  )
  expect(values).toMatchObject({
    veza_migrations_run_in_progress: 1,
    'veza_migrations_run_info{"pid":"4711","application":"veza-migrator up \\"x\\"\\\\y","user":"veza","client":"10.0.0.8"}': 1,
    veza_migrations_run_start_timestamp_seconds: 1769904000,
    veza_migrations_repairs: 1,
    veza_migrations_last_repair_timestamp_seconds: 1769817600,
    veza_migrations_drift_checked: 1,
    veza_migrations_drift_objects: 2,
    'veza_migrations_concerns{"kind":"drift"}': 2,
    'veza_migrations_concerns{"kind":"partition-default"}': 1,
    'veza_table_partitions{"table":"plays"}': 3,
    'veza_table_default_partition_rows{"table":"plays"}': 12,
    'veza_table_partitions_end_timestamp_seconds{"table":"plays"}': 1772323200,
  })
})

test('what was not looked for, or could not be seen, has no sample', () => {
  const names = (page: string) => parseExposition(page).map(({ name }) => name)
  expect(names(text())).not.toContain('veza_migrations_drift_objects')
  expect(valuesOf(text())).not.toHaveProperty(['veza_migrations_concerns{"kind":"drift"}'])
  expect(valuesOf(text())).toMatchObject({ veza_migrations_drift_checked: 0 })
  expect(names(text({ isStandby: true }))).not.toContain('veza_migrations_run_in_progress')
  expect(names(text({ repairs: { kind: 'forbidden' } }))).not.toContain('veza_migrations_repairs')
  expect(names(text({ history: [] }))).not.toContain('veza_migrations_last_applied_timestamp_seconds')
  const hidden = { pid: 1, application: null, user: null, client: null, state: null, since: null }
  expect(names(text({ holder: hidden }))).not.toContain('veza_migrations_run_start_timestamp_seconds')
  expect(valuesOf(text({ holder: hidden }))).toMatchObject({
    'veza_migrations_run_info{"pid":"1","application":"","user":"","client":""}': 1,
  })
})

test('names follow the guidelines: a prefix, base units, no unit twice', () => {
  const everything = parseExposition(text({}, []))
  for (const { name, help, type } of everything) {
    expect(name).toMatch(/^veza_(migrations|table)_[a-z_]+$/)
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|count)$/)
    expect(type).toBe('gauge')
    expect(help).toMatch(/\.$/)
  }
})

test('whatever a name is, a strict reader reads it back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.double(), (label, help, value) => {
      fc.pre(!label.includes('\r') && !help.includes('\r'))
      fc.pre(Number.isFinite(value))
      const page = exposition([{ name: 'x', help, samples: [{ labels: { a: label }, value }] }], { b: label })
      const [metric] = parseExposition(`${page.join('\n')}\n`)
      expect(metric).toMatchObject({ help, samples: [{ labels: { a: label, b: label } }] })
      expect(metric!.samples[0]!.value).toBe(value === 0 ? 0 : value)
    }),
  )
})

test('the strict reader refuses what is not the format', () => {
  const head = '# HELP a x\n# TYPE a gauge\n'
  for (const wrong of [
    'a 1\n',
    `${head}a 1`,
    `${head}a one\n`,
    `${head}a{b=1} 1\n`,
    `${head}a{b="\\t"} 1\n`,
    `${head}a 1\na 2\n`,
    `${head}${head}a 1\n`,
    `${head}a 1\r\n`,
    head,
    '# TYPE a gauge\na 1\n',
  ])
    expect(() => parseExposition(wrong), wrong).toThrow()
})

describe('of a real database', () => {
  let workspace: FixtureWorkspace
  let folder: string
  beforeAll(async () => {
    workspace = await fixtureWorkspace({ core: { migrations: { '001_users': { up: ['create table users ()'] } } } })
    folder = mkdtempSync(join(tmpdir(), 'veza-metrics-'))
  })
  afterAll(() => {
    workspace[Symbol.dispose]()
    rmSync(folder, { recursive: true })
  })
  const metrics = (url: string, ...args: string[]) =>
    callCommand(['status', '--format', 'prometheus', '--workspace', workspace.root, '--database-url', url, ...args])

  test('standard output has the metrics alone; only --check makes findings an exit code', async () => {
    await using db = await testDatabase()
    const pending = await metrics(db.url, '--check')
    expect(pending.exitCode).toBe(1)
    expect(valuesOf(pending.stdout)).toMatchObject({ veza_migrations_up: 1, veza_migrations_pending: 1 })
    expect((await metrics(db.url)).exitCode).toBe(0)
    await migrate(db.url, workspace)
    const { stdout, exitCode } = await metrics(db.url, '--check')
    expect(exitCode).toBe(0)
    expect(valuesOf(stdout)).toMatchObject({ veza_migrations_applied: 1, veza_migrations_pending: 0 })
    expect(alike(stdout)).toContain('veza_migrations_up{target="127.0.0.1:5432/veza"} 1\n')
  })

  test('a database that cannot be reached is 0, on standard output and in the file, and still exit code 3', async () => {
    const url = 'postgresql://veza@127.0.0.1:1/veza'
    const { stdout, stderr, exitCode } = await metrics(url, '--check')
    expect(exitCode).toBe(3)
    expect(stderr).toContain('No PostgreSQL server answers')
    expect(stdout).toMatchInlineSnapshot(`
      "# HELP veza_migrations_up Whether the last check could read the database.
      # TYPE veza_migrations_up gauge
      veza_migrations_up{target="127.0.0.1:1/veza"} 0
      # HELP veza_migrations_check_error Why the last check failed.
      # TYPE veza_migrations_check_error gauge
      veza_migrations_check_error{target="127.0.0.1:1/veza",code="UnreachableServerError"} 1
      "
    `)
    expect(parseExposition(stdout)).toHaveLength(2)
    const file = join(folder, 'veza.prom')
    const written = await metrics(url, '--check', '--out', file)
    expect(written).toMatchObject({ exitCode: 3, stdout: '' })
    expect(readFileSync(file, 'utf8')).toBe(stdout)
  })

  test('so is one that does not exist, under the name that it would have', async () => {
    await using db = await testDatabase()
    const url = new URL(db.url)
    url.pathname = '/no-such-database'
    const { stdout, exitCode } = await metrics(url.href)
    expect(exitCode).toBe(3)
    expect(valuesOf(stdout)).toMatchObject({ veza_migrations_up: 0 })
    expect(alike(stdout)).toContain('target="127.0.0.1:5432/no-such-database"')
  })

  test('--json and another format contradict each other', async () => {
    const { exitCode, stderr } = await metrics('postgresql://veza@127.0.0.1:1/veza', '--json')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--json and --format prometheus cannot be used together')
  })
})
