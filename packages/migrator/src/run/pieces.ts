/**
 * Steps → pieces, each committed on its own. One transaction is the rule; a non-transactional step stands alone, and a run whose locks
 * have no room in one transaction (max_locks_per_transaction) is cut into as few as fit. Pure.
 */
import { statementsWithin } from '../sql/bodies.ts'
import type { Token } from '../sql/lexer.ts'
import { isWord } from '../sql/names.ts'
import { objectStatement } from '../sql/objects.ts'
import type { Direction } from '../workspace/load.ts'
import type { Rendering } from '../workspace/render.ts'
import type { Planned } from '../workspace/workspace.ts'

export interface Piece {
  readonly steps: readonly Planned[]
  /** False: exactly one step, outside any transaction. */
  readonly transaction: boolean
}

export interface Cut {
  readonly direction: Direction
  readonly perMigration: boolean
  /** Locks that one transaction may hold. */
  readonly lockBudget: number
}

/**
 * How much of the server's lock table one run may fill: other sessions need room in it too.
 * The table has max_locks_per_transaction x (max_connections + max_prepared_transactions) places (PostgreSQL manual, 19.12).
 */
const SHARE_OF_LOCK_TABLE = 0.5
export const lockBudget = (lockSlots: number): number => Math.floor(lockSlots * SHARE_OF_LOCK_TABLE)

export function cutPieces(steps: readonly Planned[], { direction, perMigration, lockBudget }: Cut): Piece[] {
  const pieces: { steps: Planned[]; transaction: boolean }[] = []
  let locks = 0
  const mayBeTooLarge = steps.reduce((sum, step) => sum + locksAtMost(step.render[direction]), 0) > lockBudget
  for (const step of steps) {
    const current = pieces.at(-1)
    const needed = mayBeTooLarge ? locksOf(step.render[direction]) : 0
    if (current?.transaction && step.transaction && !perMigration && locks + needed <= lockBudget) {
      current.steps.push(step)
      locks += needed
    } else {
      pieces.push({ steps: [step], transaction: step.transaction })
      locks = needed
    }
  }
  return pieces
}

/** With all the indexes that it has, which the text of a DROP does not say. */
const LOCKS_OF_A_DROPPED_TABLE = 10

/**
 * No fewer than locksOf() counts, and found without reading a text: by what it would have to hold for each. Reading all texts of a run
 * costs a part of its start-up that hardly any run needs, since nearly all are far from too large.
 */
export const locksAtMost = ({ statements }: Rendering): number =>
  statements.reduce((sum, { sql }) => sum + textLocksAtMost(sql), 0)

function textLocksAtMost(sql: string): number {
  const count = (pattern: RegExp): number => sql.match(pattern)?.length ?? 0
  const hasBody = /\b(?:do|function|procedure)\b/i.test(sql)
  // A body may spell anything with escapes.
  if (hasBody && sql.includes('\\')) return Number.POSITIVE_INFINITY
  const texts = 1 + count(/;/g) + (hasBody ? count(/['$]/g) : 0)
  if (!/table/i.test(sql)) return texts
  const dropped = /drop/i.test(sql) ? LOCKS_OF_A_DROPPED_TABLE * (texts + count(/,/g)) : 0
  return 3 * texts + count(/unique|primary|exclude/gi) + dropped
}

export const locksOf = ({ statements }: Rendering): number =>
  statements.flatMap(({ sql }) => statementsWithin(sql)).reduce((sum, statement) => sum + statementLocks(statement), 0)

/**
 * New places in the lock table that one statement takes, guessed on the high side. A created table locks itself, its TOAST table and that
 * one's index, and an index per key. The body of a DO block or a function counts as if it were run once.
 */
function statementLocks(statement: readonly Token[]): number {
  const found = objectStatement(statement)
  if (found === undefined) return 1
  const { verb, kind, names } = found
  if (kind === 'table' && verb === 'create') return 3 + statement.filter(isKey).length
  if (kind === 'table' && verb === 'drop') return LOCKS_OF_A_DROPPED_TABLE * names.length
  return kind === 'index' || kind === 'view' || kind === 'sequence' || kind === 'table' ? 1 : 0
}

const isKey = (token: Token): boolean => isWord(token, 'unique') || isWord(token, 'primary') || isWord(token, 'exclude')
