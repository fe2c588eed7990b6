/** status --check, without a database: what is a concern and what is not, and how a check is said. */
import { describe, expect, test } from 'vitest'
import type { Holder } from '../src/database/holder.ts'
import type { Partitioned } from '../src/database/partitions.ts'
import { type Checked, checkedFrom, checkedReport } from '../src/monitor/checked.ts'
import type { Observed } from '../src/monitor/observe.ts'
import { plainPaint } from '../src/report/output.ts'
import { statusOf } from '../src/report/status.ts'
import { applied, checksumOf, orderOf, planned } from './values.ts'

const order = orderOf('core/001_users', 'core/002_tags', 'auth/001_tokens')
const complete = order.map((step) => applied(step))
const begun = applied(order[2]!, { durationMs: null })
const holder: Holder = {
  pid: 4711,
  application: 'veza-migrator up deploy@ci-12',
  user: 'veza',
  client: '10.0.0.7',
  state: 'active',
  since: new Date('2026-01-02T03:04:05.678Z'),
}
const plays: Partitioned = {
  table: 'plays',
  strategy: 'range',
  partitions: 3,
  defaultPartition: { name: 'plays_default', estimatedRows: 0 },
  newestEnd: new Date('2026-03-01T00:00:00.000Z'),
  isOpenEnded: false,
}

interface Given extends Partial<Observed> {
  readonly drift?: Checked['drift']
}

function checked({ drift, ...given }: Given = {}): Checked {
  const observed: Observed = {
    at: new Date('2026-02-01T00:00:00.000Z'),
    isStandby: false,
    history: complete,
    holder: undefined,
    partitioned: [],
    repairs: { kind: 'none' },
    ...given,
  }
  const target = { host: '127.0.0.1', port: 5432, database: 'veza', user: 'mon' }
  return checkedFrom({
    place: { client: { target, serverVersion: '18.4' }, embeddedDataDir: undefined },
    status: statusOf(order, observed.history, { isRunning: observed.holder !== undefined }),
    observed,
    drift,
  })
}

const kinds = (given: Given): string[] => checked(given).concerns.map(({ kind }) => kind)
const text = (given: Given): string =>
  checkedReport(checked(given)).lines({ paint: plainPaint, width: undefined }).join('\n')

describe('a concern is', () => {
  test.each<[what: string, given: Given, concerns: string[]]>([
    ['nothing, where all is applied', {}, []],
    ['a pending migration', { history: complete.slice(1) }, ['pending']],
    ['a database without history', { history: [] }, ['pending']],
    [
      'a changed one',
      { history: [applied(order[0]!, { checksum: checksumOf('x') }), ...complete.slice(1)] },
      ['changed'],
    ],
    ['one that began and is not finished', { history: [...complete.slice(0, 2), begun] }, ['interrupted']],
    ['an unknown one', { history: [...complete, applied(planned('core/009_later', 9))] }, ['unknown']],
    ['drift, if somebody looked', { drift: ['column users.bio was dropped by hand'] }, ['drift']],
    [
      'rows in a DEFAULT partition',
      { partitioned: [{ ...plays, defaultPartition: { name: 'd', estimatedRows: 3 } }] },
      ['partition-default'],
    ],
    ['a newest partition that is over', { partitioned: [plays], at: plays.newestEnd! }, ['partition-end']],
  ])('%s', (_what, given, concerns) => {
    expect(kinds(given)).toEqual(concerns)
    expect(checkedReport(checked(given)).exitCode).toBe(concerns.length === 0 ? 0 : 1)
  })
})

describe('no concern is', () => {
  test.each<[what: string, given: Given]>([
    ['a run that is under way', { holder }],
    ['what that run has begun', { holder, history: [...complete.slice(0, 2), begun] }],
    ['a partition ahead', { partitioned: [plays] }],
    ['a range that has no end', { partitioned: [{ ...plays, isOpenEnded: true }], at: new Date('2027-01-01') }],
    ['a table that is not divided by time', { partitioned: [{ ...plays, strategy: 'hash', newestEnd: null }] }],
    ['drift that was looked for and not found', { drift: [] }],
  ])('%s', (_what, given) => {
    expect(kinds(given)).toEqual([])
  })
})

test('what is fine is said row by row, and what nobody looked for is not called fine', () => {
  expect(text({})).toMatchInlineSnapshot(`
    "migrations   3 of 3 applied, nothing is pending
    running now  no
    partitions   no table is partitioned
    repairs      none
    drift        not looked for: --drift looks for it, with an embedded server that a production installation lacks
    No concern in what was looked for."
  `)
  expect(text({ drift: [], partitioned: [plays], holder })).toMatchInlineSnapshot(`
    "migrations   3 of 3 applied, nothing is pending
    running now  pid 4711 "veza-migrator up deploy@ci-12" (user veza from 10.0.0.7, active, since 2026-01-02 03:04:05 UTC)
    partitions   plays: 3 by range, the newest ends 2026-03-01 00:00 UTC, DEFAULT has about 0 rows
    repairs      none
    drift        none
    No concern in what was looked for."
  `)
})

test('what is not fine is said with what it means and what to do', () => {
  const history = [applied(order[0]!, { checksum: checksumOf('x') }), begun, applied(planned('core/009_later', 9))]
  const partitioned = [
    { ...plays, defaultPartition: { name: 'd', estimatedRows: 12 } },
    { ...plays, table: 'votes', isOpenEnded: true, defaultPartition: null },
  ]
  const drift = ['a', 'b', 'c', 'd'].map((name) => `column users.${name} was dropped by hand`)
  expect(text({ history, partitioned, drift, at: new Date('2026-04-01') })).toMatchInlineSnapshot(`
    "migrations   0 of 3 applied, 1 pending, 1 interrupted, 1 changed, 1 unknown
    running now  no
    partitions   plays: 3 by range, the newest ends 2026-03-01 00:00 UTC, DEFAULT has about 12 rows
                 votes: 3 by range, the newest ends 2026-03-01 00:00 UTC, one has no end, no DEFAULT
    repairs      none
    drift        4 differences

    pending  1 migration not applied (core/002_tags): npx nx run migrator:up
    changed  1 migration applied with another checksum than here (core/001_users): this is another checkout, or an applied migration was edited
    interrupted  1 migration begun and not finished, with no run under way (auth/001_tokens): npx nx run migrator:up cleans up and begins again
    unknown  1 migration applied, but unknown to this checkout (core/009_later): it is older than the database
    partition-default  1 table with rows in the DEFAULT partition (plays): their own partition was missing when they came, and cannot be made before they are moved out
    partition-end  1 table without a partition for rows of today (plays): make the next partitions
    drift  4 objects changed by hand (column users.a was dropped by hand, column users.b was dropped by hand, column users.c was dropped by hand and 1 more): npx nx run migrator:audit"
  `)
})

test('on a standby nobody knows who runs, and what is begun may be under way on the primary', () => {
  expect(text({ isStandby: true, history: [...complete.slice(0, 2), begun] })).toMatchInlineSnapshot(`
    "migrations   2 of 3 applied, 1 interrupted
    running now  not looked for: this is a standby, which does not see the locks of its primary
    partitions   no table is partitioned
    repairs      none
    drift        not looked for: --drift looks for it, with an embedded server that a production installation lacks

    interrupted  1 migration begun and not finished (auth/001_tokens): interrupted, or under way on the primary, whose locks a standby does not see: ask the primary"
  `)
})

test('a holder that this user may not see is named as far as it is known', () => {
  const hidden = { ...holder, client: null, state: null, since: null }
  expect(text({ holder: hidden })).toContain(
    'running now  pid 4711 "veza-migrator up deploy@ci-12" (user veza, from where and since when is not shown to this user: grant it pg_monitor)',
  )
  expect(text({ holder: { ...hidden, application: null, user: null } })).toContain(
    'running now  pid 4711 (from where and since when',
  )
  expect(text({ holder: { ...hidden, pid: null, application: null, user: null } })).toContain('a prepared transaction')
})
