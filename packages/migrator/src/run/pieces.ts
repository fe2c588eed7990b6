/**
 * Steps → pieces, each committed on its own. Usually all steps are one transaction. A non-transactional step is a piece of its own, and a
 * run that takes too many locks for one transaction (max_locks_per_transaction) is cut into as few pieces as possible. Pure.
 */
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import { Counted, remembered } from './counted.ts'
import { locksAtMost } from './locks-at-most.ts'

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
  /** The locks of steps that were counted before, for a run that is cut again after each piece. Default: none. */
  readonly counted?: Counted
}

/**
 * The share of the server's lock table that one run may fill: other sessions need room in it too.
 * The table has max_locks_per_transaction x (max_connections + max_prepared_transactions) places (PostgreSQL manual, 19.12).
 */
const SHARE_OF_LOCK_TABLE = 0.5
export const lockBudget = (lockSlots: number): number => Math.floor(lockSlots * SHARE_OF_LOCK_TABLE)

export async function cutPieces(
  steps: readonly Planned[],
  { direction, perMigration, lockBudget, counted = new Counted() }: Cut,
): Promise<Piece[]> {
  const pieces: { steps: Planned[]; transaction: boolean }[] = []
  let locks = 0
  const mayBeTooLarge = locksAtMostOf(steps, direction, counted) > lockBudget
  // Counting reads all texts of the run: neither that nor the files that do it are needed by a run that surely fits.
  const locksOf = mayBeTooLarge ? (await import('./locks.ts')).locksOf : () => 0
  for (const step of steps) {
    const current = pieces.at(-1)
    const needed = mayBeTooLarge ? remembered(counted.exactly, step, () => locksOf(step.render[direction])) : 0
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

/** What `counted` has already is not counted again. */
export const locksAtMostOf = (steps: readonly Planned[], direction: Direction, { atMost }: Counted): number =>
  steps.reduce((sum, step) => sum + remembered(atMost, step, () => locksAtMost(step.render[direction])), 0)
