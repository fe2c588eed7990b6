/** What two databases differ in, as one list for all kinds of things. */
import type { CatalogDifference } from '../../catalog/difference.ts'

type DifferenceKind = CatalogDifference['kind'] | 'server' | 'migration' | 'order of migrations' | 'not read'

export interface SideDifference {
  readonly kind: DifferenceKind
  /** The table of what belongs to one; otherwise null. */
  readonly table: string | null
  /** `column users.email`, `migration core/005_rooms`. */
  readonly what: string
  /** What the first database has; null if it has nothing of it. */
  readonly a: string | null
  readonly b: string | null
  /** The migrations that make the difference, of those that only one of the two databases has. */
  readonly madeBy: readonly string[]
  /** Where one difference is about several objects, such as the owner of all tables: their names. */
  readonly objects?: readonly string[]
}

export type Where = 'a' | 'b' | 'both'

/** Which of the two databases has it. */
export const whereIs = ({ a, b }: Pick<SideDifference, 'a' | 'b'>): Where =>
  a === null ? 'b' : b === null ? 'a' : 'both'

/** A difference that no migration has been meant to make. A migration that only one has was planned. */
export const isUnplanned = ({ kind, madeBy }: SideDifference): boolean => kind !== 'migration' && madeBy.length === 0
