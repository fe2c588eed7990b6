/** Tests the benchmark's own arithmetic, since a wrong figure would mislead. */
import { testDatabase } from '@veza/tools/test-database'
import pg from 'pg'
import { expect, test } from 'vitest'
import { openWorkspace } from '../../packages/migrator/src/workspace/workspace.ts'
import { tcpProxy } from '../tcp-proxy/index.ts'
import { v1Workspace } from '../v1.ts'
import { timesOfCheck } from './check-scale.ts'
import type { ContenderName } from './contenders.ts'
import { peakOfLock } from './lock-peak.ts'
import type { Sample, Scenario } from './measure.ts'
import { oneQuery } from './one-query.ts'
import { goals, median, results } from './result.ts'
import { scaleLines } from './scale-table.ts'

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[10, 9], 9.5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected)
})

test('ratios are those of the medians, round trips the least of all runs, and a goal is met up to its limit', () => {
  const scenario: Scenario = { name: 'v1-20ms', state: 'v1', delayMs: 20 }
  const sample = (contender: ContenderName, elapsedMs: number, roundTrips: number): Sample => ({
    scenario: scenario.name,
    contender,
    elapsedMs,
    roundTrips,
  })
  const measured = results(
    [scenario],
    [
      sample('bundle', 110, 3),
      sample('bundle', 111, 9),
      sample('bundle', 112, 3),
      sample('migrator', 130, 6),
      sample('migrator', 130, 7),
      sample('migrator', 900, 6),
      sample('migrator-uncached', 200, 6),
      sample('kysely', 650, 200),
      sample('floor', 100, 2),
    ],
  )
  expect(measured[0]?.figures[0]).toMatchObject({ medianMs: 111, toFloor: 1.11, roundTrips: 3 })
  expect(measured[0]?.figures[1]).toMatchObject({ medianMs: 130, toFloor: 1.3, toKysely: 0.2, roundTrips: 6 })
  expect(goals(measured)).toEqual([
    { goal: 'v1-20ms: round trips', limit: 3, measured: 6, met: false },
    { goal: 'v1-20ms: from the bundle, time to the floor', limit: 1.1, measured: 1.11, met: false },
  ])
})

test('the login counts as one round trip whatever the server asks for, so the floor takes two', async () => {
  await using db = await testDatabase()
  await using proxy = await tcpProxy(db.url)
  const floor = new pg.Client({ connectionString: proxy.url })
  await floor.connect()
  expect(proxy.roundTrips).toBe(1)
  await floor.query('begin; create table t (); commit')
  await floor.end()
  expect(proxy.roundTrips).toBe(2)
})

test('the one query of the floor builds what V1 builds', async () => {
  using v1 = v1Workspace()
  const { order } = await openWorkspace(v1.root)
  await using floor = await testDatabase()
  await floor.client.query(oneQuery(order))
  await using migrated = await testDatabase({ migrated: 'v1' })
  const count = `select (select count(*)::int from information_schema.columns
      where table_schema = 'public' and table_name <> 'migration_history') as columns,
    (select count(*)::int from pg_indexes where schemaname = 'public' and tablename <> 'migration_history') as indexes,
    (select md5(string_agg(r.code || ' ' || p.resource || ' ' || p.action, ',' order by r.code, p.resource, p.action))
      from role_permissions rp join roles r on r.id = rp.role_id join permissions p on p.id = rp.permission_id) as grants`
  const [theirs] = (await floor.client.query(count)).rows
  expect(theirs).toEqual((await migrated.client.query(count)).rows[0])
  expect(theirs.grants).toMatch(/^[0-9a-f]{32}$/)
})

test('what more migrations cost is measured on workspaces that check finds nothing wrong with', async () => {
  const times = await timesOfCheck({ domains: 3, migrations: 2 })
  expect(times.findings).toBe(0)
  expect(times.phases.map(({ name }) => name)).toEqual(expect.arrayContaining(['replay', 'check in all']))
  const peak = await peakOfLock(40)
  expect(peak.migrations).toBe(40)
  expect(peak.peakMb).toBeGreaterThan(20)
}, 120_000)

test('the table of it has both sizes, their ratio, and each goal with what was measured', () => {
  const times = (domains: number, seconds: number) => ({
    domains,
    migrations: 10,
    phases: [
      { name: 'replay', durationMs: seconds * 900 },
      { name: 'check in all', durationMs: seconds * 1000 },
    ],
    findings: 0,
  })
  expect(scaleLines([times(50, 6), times(200, 30)], [{ migrations: 10_000, peakMb: 455.6 }])).toEqual([
    'check, 10 migrations a domain',
    '                          50 domains   200 domains         ratio',
    '  replay                      5.40 s       27.00 s           5.0',
    '  check in all                6.00 s       30.00 s           5.0',
    '  findings                         0             0',
    '',
    'Goals',
    '  check: time of four times the domains            5 of at most 4.60  NOT MET',
    '  check: seconds                                  30 of at most 30    met',
    '  lock over 10000 migrations: peak memory, MB    456 of at most 500   met',
  ])
})
