/** An upper bound of the locks that a run takes, cheap enough for every run. Pure. */
import type { Rendering } from '../workspace/render.ts'

/** An estimate: dropping a table also locks all its indexes, which the text of a DROP does not name. */
export const LOCKS_OF_A_DROPPED_TABLE = 10

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
