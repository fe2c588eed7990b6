import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { locksOf } from '../src/run/locks.ts'
import { locksAtMost } from '../src/run/locks-at-most.ts'
import { cutPieces, lockBudget, type Piece } from '../src/run/pieces.ts'
import type { Planned } from '../src/workspace/workspace.ts'
import { texts } from './sql/texts.ts'
import { orderOf, planned, rendering } from './values.ts'

/** `1 2 | (3) | 4`: bars between pieces, brackets around what runs outside a transaction. */
const drawn = (pieces: readonly Piece[]): string =>
  pieces
    .map(({ steps, transaction }) => {
      const numbers = steps.map(({ position }) => position).join(' ')
      return transaction ? numbers : `(${numbers})`
    })
    .join(' | ')

const unlimited = { direction: 'up', perMigration: false, lockBudget: Number.POSITIVE_INFINITY } as const
const order = orderOf('core/001_a', 'core/002_b', 'core/003_c', 'core/004_d')
const outside = (...numbers: readonly number[]): Planned[] =>
  order.map((step) => (numbers.includes(step.position) ? { ...step, transaction: false } : step))

describe('a run', () => {
  test('is one piece', async () => {
    expect(drawn(await cutPieces(order, unlimited))).toBe('1 2 3 4')
  })

  test('of nothing has no piece', async () => {
    expect(await cutPieces([], unlimited)).toEqual([])
  })

  test('is as many pieces as migrations where it was asked to', async () => {
    expect(drawn(await cutPieces(order, { ...unlimited, perMigration: true }))).toBe('1 | 2 | 3 | 4')
  })
})

describe('a migration outside a transaction stands alone', () => {
  test.each([
    [[1], '(1) | 2 3 4'],
    [[3], '1 2 | (3) | 4'],
    [[2, 3], '1 | (2) | (3) | 4'],
    [[4], '1 2 3 | (4)'],
  ])('%j', async (numbers, pieces) => {
    expect(drawn(await cutPieces(outside(...numbers), unlimited))).toBe(pieces)
  })
})

describe('a run with too many locks', () => {
  // Each of these creates a table with a primary key: itself, its TOAST table, that one's index, its key.
  const tables = [1, 2, 3, 4, 5].map((at) =>
    planned(`core/00${at}_t`, at, { up: rendering(`create table t${at} (id int primary key)`) }),
  )

  test.each([
    [20, '1 2 3 4 5'],
    [19, '1 2 3 4 | 5'],
    [8, '1 2 | 3 4 | 5'],
    [7, '1 | 2 | 3 | 4 | 5'],
  ])('is cut into as few pieces as fit a budget of %i', async (budget, pieces) => {
    expect(drawn(await cutPieces(tables, { ...unlimited, lockBudget: budget }))).toBe(pieces)
  })

  test('keeps a migration whole that is larger than the budget', async () => {
    expect(drawn(await cutPieces(tables.slice(0, 2), { ...unlimited, lockBudget: 1 }))).toBe('1 | 2')
  })

  test('counts a multi-table drop for each of its tables', async () => {
    const drops = [1, 2].map((at) => planned(`core/00${at}_t`, at, { undo: rendering('drop table a, b, c') }))
    expect(drawn(await cutPieces(drops, { direction: 'down', perMigration: false, lockBudget: 60 }))).toBe('1 2')
    expect(drawn(await cutPieces(drops, { direction: 'down', perMigration: false, lockBudget: 59 }))).toBe('1 | 2')
  })

  test('counts several statements in one text', async () => {
    const script = Array.from({ length: 10 }, (_, at) => `create table s${at} (id int primary key)`).join(';\n')
    const steps = [1, 2].map((at) => planned(`core/00${at}_s`, at, { up: rendering(script) }))
    expect(drawn(await cutPieces(steps, { ...unlimited, lockBudget: 79 }))).toBe('1 | 2')
  })

  test('counts what the body of a DO block makes, and nothing that a comment or a value says', () => {
    const locks = (sql: string) => locksOf(rendering(sql))
    // The block, its two tables, its END.
    expect(locks('do $$ begin create table a (id int primary key); create table b (); end $$')).toBe(1 + 4 + 3 + 1)
    expect(locks("do $$ begin execute 'drop table a, b'; end $$")).toBe(1 + 1 + 20 + 1)
    expect(locks("comment on table a is 'drop table; create table b (); unique'")).toBe(1)
    expect(locks('create table a () -- primary key; create table b ()')).toBe(3)
    expect(locks('create unlogged table a (b int unique, "unique" int)')).toBe(4)
  })

  test('is not looked into where it cannot be too large: what decides that never counts less', () => {
    const pieces = [
      'create table a (id int primary key, b text unique)',
      'drop table a, b',
      'do $$ begin drop table a; end $$',
    ]
    const scripts = fc.oneof(
      texts,
      fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((parts) => parts.join(';')),
    )
    fc.assert(
      fc.property(scripts, (sql) => {
        expect(locksAtMost(rendering(sql))).toBeGreaterThanOrEqual(locksOf(rendering(sql)))
      }),
      { numRuns: 2000 },
    )
  })

  test('may fill half of the lock table', () => {
    expect(lockBudget(6400)).toBe(3200)
  })
})
