/**
 * What rendering refuses, asked once more of the steps that are going to run, before any of them does: a workspace may be built in code,
 * and a bundle or a cache may hold what another version rendered.
 */
import type { Client } from '../database/connect.ts'
import { transactionControl } from '../sql/transaction-control.ts'
import { TransactionControlError } from '../workspace/errors.ts'
import type { Direction } from '../workspace/load.ts'
import { assertOneStatement } from '../workspace/one-statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { PoolerError } from './errors.ts'

/** Throws TransactionControlError, AloneStatementsError, DynamicAloneError. */
export function assertRunnable(steps: readonly Planned[], direction: Direction): void {
  for (const step of steps) {
    assertOneStatement(step)
    const { statements, dynamic } = step.render[direction]
    // What a dynamic step sends is looked at when it is sent.
    for (const { sql } of dynamic ? [] : statements) {
      const control = transactionControl(sql)
      if (control !== undefined) throw new TransactionControlError({ id: step.id, statement: control })
    }
  }
}

/**
 * Throws PoolerError if a step runs outside a transaction and the connection goes through a pooler. Checked before anything runs, since
 * already the piece before such a step takes the lock for the session, and a pooler would not release it.
 */
export function assertOwnSession({ isPooled }: Client, steps: readonly Planned[]): void {
  const alone = steps.find(({ transaction }) => !transaction)
  if (alone !== undefined && isPooled) throw new PoolerError({ id: alone.id })
}
