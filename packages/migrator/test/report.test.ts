/** Values → lines, plain and painted. */
import { describe, expect, test } from 'vitest'
import type { Session } from '../src/database/lock.ts'
import { plainPaint } from '../src/report/output.ts'
import { eventLines, summaryLine } from '../src/report/run.ts'
import { statusDocument, statusLines, statusOf } from '../src/report/status.ts'
import { layoutFor, markText, stepLine } from '../src/report/steps.ts'
import type { RunEvent } from '../src/run/events.ts'
import type { Paint } from '../src/verb.ts'
import { applied, checksumOf, orderOf, planned, rendering } from './values.ts'

const order = [
  planned('core/001_users', 1, { about: 'who there is' }),
  planned('core/002_index', 2, { about: 'names are found fast', transaction: false }),
  planned('auth/001_sessions', 3, {
    about: 'where a user is signed in, on which device, since when, and until when it lasts',
  }),
  planned('auth/002_copies', 4, {
    about: 'copies',
    irreversible: 'they are gone',
    up: { ...rendering('select 1'), dynamic: true },
  }),
]
const [users, , sessions] = order as [(typeof order)[0], (typeof order)[0], (typeof order)[0]]
/** Shows which words would be coloured. */
const marked: Paint = (colour, words) => `<${colour}>${words}</>`
const plain = { paint: plainPaint, width: undefined }
const holder: Session = {
  pid: 4711,
  application: 'veza-migrator up deploy@ci-12',
  user: 'veza',
  client: '10.0.0.7',
  state: 'active',
  ageMs: 12_345,
}

describe('a list of migrations', () => {
  test('has columns that fit all of them', () => {
    const layout = layoutFor(order, plain)
    const lines = order.map((step) => stepLine(step, layout, markText(step, 'up', plainPaint)))
    expect(`\n${lines.join('\n')}`).toMatchInlineSnapshot(`
      "
        1  core/001_users     who there is
        2  core/002_index     names are found fast                                                      [outside a transaction]
        3  auth/001_sessions  where a user is signed in, on which device, since when, and until whe...
        4  auth/002_copies    copies                                                                    [reads data, irreversible]"
    `)
  })

  test('fits a terminal', () => {
    const layout = layoutFor(order, { paint: plainPaint, width: 70 })
    const lines = order.map((step) => stepLine(step, layout, '12.3 s'))
    expect(`\n${lines.join('\n')}`).toMatchInlineSnapshot(`
      "
        1  core/001_users     who there is                      12.3 s
        2  core/002_index     names are found fast              12.3 s
        3  auth/001_sessions  where a user is signed in, on...  12.3 s
        4  auth/002_copies    copies                            12.3 s"
    `)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(70)
  })

  test('keeps a readable width on a terminal that is too small', () => {
    expect(stepLine(sessions, layoutFor(order, { paint: plainPaint, width: 20 }))).toMatchInlineSnapshot(
      `"  3  auth/001_sessions  where a..."`,
    )
  })

  test('has wider numbers when there are a thousand', () => {
    const thousandth = planned('core/999_z', 1000)
    expect(stepLine(users, layoutFor([users, thousandth], plain))).toMatch(/^ {3}1 {2}core/)
  })

  test('marks what is special, each direction for itself', () => {
    expect(order.map((step) => markText(step, 'down', plainPaint))).toEqual([
      '',
      '[outside a transaction]',
      '',
      '[irreversible]',
    ])
  })
})

describe('events', () => {
  const layout = layoutFor(order, plain)
  const said = (event: RunEvent) => eventLines(event, layout).join('\n')

  test('of which a person sees nothing', () => {
    expect(said({ type: 'planned', direction: 'up', steps: order })).toBe('')
    expect(said({ type: 'started', step: users })).toBe('')
    expect(said({ type: 'committed', steps: order })).toBe('')
  })

  test('landed', () => {
    expect(said({ type: 'landed', step: users, durationMs: 4 })).toMatchInlineSnapshot(
      `"  1  core/001_users     who there is                                                                 4 ms"`,
    )
    expect(said({ type: 'landed', step: users, durationMs: 125_400 })).toMatch(/ {2}2 min 5 s$/)
  })

  test('waiting, with and without a name', () => {
    expect(said({ type: 'waiting', holder, waitedMs: 0 })).toMatchInlineSnapshot(
      `"waiting for another run: pid 4711 "veza-migrator up deploy@ci-12" (user veza from 10.0.0.7, active, for 12 s)"`,
    )
    expect(said({ type: 'waiting', holder: undefined, waitedMs: 5200 })).toMatchInlineSnapshot(
      `"waiting for another run: a session that this user may not see, 5.2 s so far"`,
    )
  })

  test('blocked', () => {
    const by = [holder, { ...holder, pid: 8, application: '', state: 'idle in transaction' }]
    expect(said({ type: 'blocked', step: users, by })).toMatchInlineSnapshot(
      `"core/001_users waits for a lock that is held by pid 4711 "veza-migrator up deploy@ci-12" (user veza from 10.0.0.7, active, for 12 s) and pid 8 (user veza from 10.0.0.7, idle in transaction, for 12 s)"`,
    )
  })

  test('retrying', () => {
    const why = 'canceling statement due to lock timeout'
    expect(said({ type: 'retrying', step: users, attempt: 2, delayMs: 500, why })).toMatchInlineSnapshot(
      `"core/001_users: canceling statement due to lock timeout. Rolled back; attempt 2 follows in 500 ms."`,
    )
  })

  test('split', () => {
    expect(said({ type: 'split', pieces: 3, lockSlots: 6400 })).toMatchInlineSnapshot(
      `"This run is too large for one transaction (the server has room for 6400 locks): it is committed in 3 pieces."`,
    )
  })

  test('cleaned', () => {
    const cleaned = { type: 'cleaned', step: users, index: 'public.users_name' } as const
    expect(said({ ...cleaned, of: 'an interrupted run' })).toMatchInlineSnapshot(
      `"core/001_users: dropped the INVALID index public.users_name, which an interrupted run had left behind."`,
    )
    expect(said({ ...cleaned, of: 'its own failed build' })).toMatchInlineSnapshot(
      `"core/001_users: dropped the INVALID index public.users_name, which its own failed build had left behind."`,
    )
  })

  test('adopted', () => {
    expect(said({ type: 'adopted', step: users, index: 'public.users_name' })).toMatchInlineSnapshot(
      `"core/001_users: an interrupted run had done it to its end (public.users_name); that is now recorded."`,
    )
  })
})

describe('the one line at the end', () => {
  const summary = { direction: 'up', runId: 'r', done: [], applied: 4, total: 4, tables: 27 } as const
  const done = [{ step: users, durationMs: 4 }]

  test.each([
    [summary, 'Nothing is pending: 4 of 4 migrations applied, 27 tables.'],
    [{ ...summary, done }, 'Applied 1 migration in 1.2 s: 4 of 4 migrations applied, 27 tables.'],
    [
      { ...summary, direction: 'down', applied: 0, tables: 0 } as const,
      'Nothing to revert: 0 of 4 migrations applied, 0 tables.',
    ],
    [
      { ...summary, direction: 'down', done, applied: 1, total: 1, tables: 1 } as const,
      'Reverted 1 migration in 1.2 s: 1 of 1 migration applied, 1 table.',
    ],
  ])('%#', (value, line) => {
    expect(summaryLine(value, 1234, plainPaint)).toBe(line)
  })

  test('is green where colours are', () => {
    expect(summaryLine(summary, 0, marked)).toMatch(/^<green>Nothing is pending<\/>/)
  })
})

describe('status', () => {
  const history = [
    applied(order[0]!),
    applied(order[1]!, { durationMs: null }),
    applied(order[2]!, { checksum: checksumOf('other') }),
    applied(orderOf('chat/001_rooms')[0]!),
  ]
  const status = statusOf(order, history)

  test('reads like a table of contents', () => {
    const lines = statusLines(status, ['core', 'auth', 'empty'], layoutFor(order, plain))
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "
      core  1 of 2 applied
        1  core/001_users     who there is                                                              applied      2026-01-02 03:04 UTC  5 ms
        2  core/002_index     names are found fast                                                      interrupted

      auth  0 of 2 applied
        3  auth/001_sessions  where a user is signed in, on which device, since when, and until whe...  changed
        4  auth/002_copies    copies                                                                    pending

      unknown here, but applied to the database
           chat/001_rooms  2026-01-02 03:04 UTC

      1 of 4 applied, 1 pending, 1 interrupted, 1 changed, 1 unknown"
    `)
  })

  test('counts every state', () => {
    expect(status.counts).toEqual({ applied: 1, pending: 1, changed: 1, running: 0, interrupted: 1, unknown: 1 })
    expect(statusDocument(status)).toMatchObject({
      counts: status.counts,
      migrations: [{ state: 'applied' }, { state: 'interrupted' }, { state: 'changed' }, { state: 'pending' }],
      unknown: [{ id: 'chat/001_rooms', appliedAt: '2026-01-02T03:04:05.678Z' }],
    })
  })

  test('calls what is begun running, not interrupted, while a run is under way', () => {
    const running = statusOf(order, history, { isRunning: true })
    expect(running.counts).toMatchObject({ running: 1, interrupted: 0 })
    expect(statusLines(running, ['core'], layoutFor(order, plain)).at(-1)).toBe(
      '1 of 4 applied, 1 pending, 1 running, 1 changed, 1 unknown',
    )
  })

  test('of a complete database says that nothing is pending', () => {
    const complete = statusOf(
      order,
      order.map((step) => applied(step)),
    )
    expect(statusLines(complete, ['core', 'auth'], layoutFor(order, plain)).at(-1)).toBe(
      '4 of 4 applied, nothing is pending',
    )
  })
})
