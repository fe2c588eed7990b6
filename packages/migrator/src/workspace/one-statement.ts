/**
 * A migration outside a transaction has exactly one statement in `up`, at most one in `down`, and its text does not depend on data. With two,
 * the first would stay done when the second fails, and the migration could be neither finished nor corrected nor reverted.
 */
import { statements } from '../sql/statements.ts'
import type { Statement } from '../statement.ts'
import { AloneStatementsError, DynamicAloneError } from './errors.ts'

interface Step {
  readonly statements: readonly Statement[]
  readonly dynamic: boolean
}

interface OfOneStatement {
  readonly id: string
  readonly transaction: boolean
  readonly render: { readonly up: Step; readonly down: Step }
}

/** Throws AloneStatementsError, DynamicAloneError. A migration in a transaction may have any number. */
export function assertOneStatement({ id, transaction, render }: OfOneStatement): void {
  if (transaction) return
  for (const direction of ['up', 'down'] as const) {
    const { statements: texts, dynamic } = render[direction]
    if (dynamic) throw new DynamicAloneError({ id, direction })
    const found = texts.flatMap(({ sql }) =>
      statements(sql).map((tokens) => {
        const [first, last] = [tokens[0]!, tokens.at(-1)!]
        return sql.slice(first.start, last.start + last.text.length).slice(0, 80)
      }),
    )
    if (found.length > 1 || (direction === 'up' && found.length === 0))
      throw new AloneStatementsError({ id, direction, count: found.length, statements: found })
  }
}
