/** The verified statements that were looked at last: a run looks at them several times, and a plan of any size has to take little memory. */
import type { Statement } from '../statement.ts'
import type { Direction } from '../workspace/load.ts'

export type Statements = Readonly<Record<Direction, readonly Statement[]>>

/**
 * Characters of SQL: several times all of V1. What is remembered for a while makes V8 enlarge the space for new objects, which costs more than
 * the texts themselves.
 */
const MOST = 300_000

export class Remembered {
  readonly #byIndex = new Map<number, { readonly statements: Statements; readonly length: number }>()
  #length = 0

  /** Those of the migration at this place of the plan. `look` is called if they are not remembered. */
  of(index: number, look: () => Statements): Statements {
    const known = this.#byIndex.get(index)
    if (known !== undefined) return known.statements
    const statements = look()
    const length = [...statements.up, ...statements.down].reduce((sum, { sql }) => sum + sql.length, 0)
    this.#byIndex.set(index, { statements, length })
    this.#length += length
    for (const [oldest, { length }] of this.#byIndex) {
      if (this.#length <= MOST || oldest === index) break
      this.#byIndex.delete(oldest)
      this.#length -= length
    }
    return statements
  }
}
