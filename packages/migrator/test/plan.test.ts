/**
 * order × history × target → steps. The order throughout, with `core <- auth, social`:
 *
 *     1 core/001_users   2 auth/001_sessions   3 social/001_rooms   4 core/002_tracks   5 auth/002_tokens
 */
import { describe, expect, test } from 'vitest'
import type { HistoryRow } from '../src/database/history.ts'
import {
  ChangedMigrationError,
  HalfAppliedError,
  HistoryOrderError,
  IrreversibleError,
  UnknownAppliedError,
  UnknownMigrationError,
} from '../src/plan/errors.ts'
import { findMigration, type Plan, type PlanInput, planDown, planUp } from '../src/plan/plan.ts'
import { UnknownDomainError } from '../src/workspace/errors.ts'
import { buildGraph } from '../src/workspace/graph.ts'
import { applied, checksumOf, orderOf } from './values.ts'

const order = orderOf('core/001_users', 'auth/001_sessions', 'social/001_rooms', 'core/002_tracks', 'auth/002_tokens')
const graph = buildGraph([
  { name: 'core', dependencies: [] },
  { name: 'auth', dependencies: ['core'] },
  { name: 'social', dependencies: ['core'] },
])
const rowsOf = (...positions: readonly number[]): HistoryRow[] => positions.map((at) => applied(order[at - 1]!))
/** The order with one migration that runs outside a transaction. */
const withAlone = (position: number) =>
  order.map((one) => (one.position === position ? { ...one, transaction: false } : one))
const known = (history: readonly HistoryRow[] = []): PlanInput => ({ order, graph, history, database: 'db:5432/veza' })
const positions = (plan: Plan): number[] => plan.steps.map(({ position }) => position)

describe('up', () => {
  test('applies everything to an empty database, in the order of the lock file', () => {
    const plan = planUp(known())
    expect(positions(plan)).toEqual([1, 2, 3, 4, 5])
    expect(plan).toMatchObject({ direction: 'up', applied: 0, total: 5 })
  })

  test('applies only what is missing', () => {
    const plan = planUp(known(rowsOf(1, 2, 3)))
    expect(positions(plan)).toEqual([4, 5])
    expect(plan.applied).toBe(3)
  })

  test('has nothing to do where everything is applied', () => {
    expect(positions(planUp(known(rowsOf(1, 2, 3, 4, 5))))).toEqual([])
  })

  test('fills a hole that the graph allows: social is missing, auth is not', () => {
    expect(positions(planUp(known(rowsOf(1, 2, 4, 5))))).toEqual([3])
  })

  test.each([
    ['its id', 'social/001_rooms'],
    ['domain and number', 'social/001'],
    ['its number in the run', '3'],
  ])('--to stops with the migration that %s names', (_what, to) => {
    expect(positions(planUp(known(), { to }))).toEqual([1, 2, 3])
  })

  test('--to something applied does nothing', () => {
    expect(positions(planUp(known(rowsOf(1, 2, 3)), { to: 'auth/001' }))).toEqual([])
  })

  test('--domain brings the domain and what it needs, and nothing else', () => {
    expect(positions(planUp(known(), { domain: 'auth' }))).toEqual([1, 2, 4, 5])
    expect(positions(planUp(known(), { domain: 'core' }))).toEqual([1, 4])
  })

  test('after --domain a later up completes the rest', () => {
    expect(positions(planUp(known(rowsOf(1, 4))))).toEqual([2, 3, 5])
  })

  test('a migration that was interrupted is planned again', () => {
    const history = [...rowsOf(1, 2), applied(order[2]!, { durationMs: null })]
    const plan = planUp({ ...known(history), order: withAlone(3) })
    expect(positions(plan)).toEqual([3, 4, 5])
    expect(plan.applied).toBe(2)
  })

  test('one that was begun in a transaction has ended it: neither direction goes on', () => {
    const half = known([...rowsOf(1, 2), applied(order[2]!, { durationMs: null })])
    expect(() => planUp(half)).toThrow(HalfAppliedError)
    expect(() => planDown(half, { kind: 'all' })).toThrow(expect.objectContaining({ id: 'social/001_rooms' }))
  })

  test('an unknown target is refused before the history is looked at', () => {
    expect(() => planUp(known(), { to: 'core/009_nothing' })).toThrow(UnknownMigrationError)
    expect(() => planUp(known(), { domain: 'chat' })).toThrow(UnknownDomainError)
  })
})

describe('down', () => {
  const all = known(rowsOf(1, 2, 3, 4, 5))

  test('--steps takes the newest first', () => {
    expect(positions(planDown(all, { kind: 'steps', steps: 2 }))).toEqual([5, 4])
  })

  test('--steps takes no more than there is', () => {
    expect(positions(planDown(known(rowsOf(1, 2)), { kind: 'steps', steps: 9 }))).toEqual([2, 1])
  })

  test('--to keeps the named migration', () => {
    expect(positions(planDown(all, { kind: 'to', id: 'auth/001' }))).toEqual([5, 4, 3])
  })

  test('--all takes everything', () => {
    expect(positions(planDown(all, { kind: 'all' }))).toEqual([5, 4, 3, 2, 1])
  })

  test('leaves out what is not applied', () => {
    expect(positions(planDown(known(rowsOf(1, 2, 4)), { kind: 'steps', steps: 2 }))).toEqual([4, 2])
  })

  test('takes an interrupted migration along: its leftovers are to go too', () => {
    const history = [...rowsOf(1), applied(order[1]!, { durationMs: null })]
    const input = { ...known(history), order: withAlone(2) }
    expect(positions(planDown(input, { kind: 'steps', steps: 1 }))).toEqual([2])
  })

  test('is refused over an irreversible migration, with its reason', () => {
    const barred = order.map((one) =>
      one.position === 3 ? { ...one, down: undefined, irreversible: 'rows are gone' } : one,
    )
    const database = { ...all, order: barred }
    expect(() => planDown(database, { kind: 'all' })).toThrow(
      expect.objectContaining({ id: 'social/001_rooms', reason: 'rows are gone', requested: 'down --all' }),
    )
    expect(() => planDown(database, { kind: 'all' })).toThrow(IrreversibleError)
    expect(positions(planDown(database, { kind: 'to', id: '3' }))).toEqual([5, 4])
  })
})

describe('a history is refused', () => {
  test('when a migration has changed since it was applied', () => {
    const history = [applied(order[0]!, { checksum: checksumOf('another') })]
    expect(() => planUp(known(history))).toThrow(ChangedMigrationError)
    expect(() => planDown(known(history), { kind: 'all' })).toThrow(ChangedMigrationError)
  })

  test('when it names a migration that is not here, all of them at once', () => {
    const strangers = orderOf('core/003_later', 'chat/001_rooms').map((one) => applied(one))
    expect(() => planUp(known([...rowsOf(1), ...strangers]))).toThrow(
      expect.objectContaining({ ids: ['core/003_later', 'chat/001_rooms'] }),
    )
    expect(() => planUp(known(strangers))).toThrow(UnknownAppliedError)
  })

  test('when a gap lies within one domain', () => {
    expect(() => planUp(known(rowsOf(1, 2, 5)))).toThrow(
      expect.objectContaining({ id: 'auth/002_tokens', dependency: 'core/002_tracks' }),
    )
    expect(() => planUp(known(rowsOf(4)))).toThrow(HistoryOrderError)
  })

  test('when a dependency that stands before it is missing', () => {
    expect(() => planUp(known(rowsOf(2)))).toThrow(
      expect.objectContaining({ id: 'auth/001_sessions', dependency: 'core/001_users' }),
    )
  })

  test('not when a dependency is missing that came to be later', () => {
    expect(positions(planUp(known(rowsOf(1, 2))))).toEqual([3, 4, 5])
  })
})

describe('a migration is found', () => {
  test('by its exact words only: a beginning is no match', () => {
    expect(() => findMigration(order, 'auth/001_sess')).toThrow(UnknownMigrationError)
    expect(() => findMigration(order, 'auth')).toThrow(UnknownMigrationError)
  })

  test.each(['0', '6', '', 'auth/1'])('not by %j', (reference) => {
    expect(() => findMigration(order, reference)).toThrow(UnknownMigrationError)
  })

  test('or something similar is named: same words, same domain', () => {
    expect(() => findMigration(order, 'core/002_sessions')).toThrow(
      expect.objectContaining({ similar: ['core/001_users', 'auth/001_sessions', 'core/002_tracks'] }),
    )
    expect(() => findMigration(order, 'x')).toThrow(expect.objectContaining({ similar: [] }))
  })
})
