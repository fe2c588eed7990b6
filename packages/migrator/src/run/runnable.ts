/**
 * What rendering refuses, asked once more of the steps that are going to run, before any of them does: a workspace may be built in code,
 * and a bundle or a cache may hold what another version rendered.
 */
import { transactionControl } from '../sql/transaction-control.ts'
import { TransactionControlError } from '../workspace/errors.ts'
import type { Direction } from '../workspace/load.ts'
import { assertOneStatement } from '../workspace/one-statement.ts'
import type { Planned } from '../workspace/workspace.ts'

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
