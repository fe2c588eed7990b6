/**
 * Steps → pieces, each committed on its own. Usually all steps are one transaction. A non-transactional step is a piece of its own, and a
 * run that takes too many locks for one transaction (max_locks_per_transaction) is cut into as few pieces as possible. Pure.
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
  /** False: the piece is exactly one step, which runs outside any transaction. */
  readonly transaction: boolean
}

export interface Cut {
  readonly direction: Direction
  readonly perMigration: boolean
  /** How many locks one transaction may hold. */
  readonly lockBudget: number
}

/**
 * The share of the server's lock table that one run may fill: other sessions need room in it too.
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

/** An estimate: dropping a table also locks all its indexes, which the text of a DROP does not name. */
const LOCKS_OF_A_DROPPED_TABLE = 10

/**
 * An upper bound of what locksOf() counts, found by searching the texts for words instead of parsing them. Parsing all texts of a run
 * would slow down its start-up, and hardly any run needs it: nearly all runs are far below the limit.
 */
export const locksAtMost = ({ statements }: Rendering): number =>
  statements.reduce((sum, { sql }) => sum + textLocksAtMost(sql), 0)

function textLocksAtMost(sql: string): number {
  const count = (pattern: RegExp): number => sql.match(pattern)?.length ?? 0
  const hasBody = /\b(?:do|function|procedure)\b/i.test(sql)
  // In the body of a function or DO block, escapes can spell any word.
  if (hasBody && sql.includes('\\')) return Number.POSITIVE_INFINITY
  const texts = 1 + count(/;/g) + (hasBody ? count(/['$]/g) : 0)
  if (!/table/i.test(sql)) return texts
  const dropped = /drop/i.test(sql) ? LOCKS_OF_A_DROPPED_TABLE * (texts + count(/,/g)) : 0
  return 3 * texts + count(/unique|primary|exclude/gi) + dropped
}

export const locksOf = ({ statements }: Rendering): number =>
  statements.flatMap(({ sql }) => statementsWithin(sql)).reduce((sum, statement) => sum + statementLocks(statement), 0)

/**
 * How many new places in the lock table one statement takes; rather too many than too few. A new table locks itself, its TOAST table, the
 * index of the TOAST table, and one index per key. The body of a DO block or a function counts as if it were run once.
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
