import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

const EXPECTED = 'CURRENT_TIMESTAMP'
/** With fewer digits, as in CURRENT_TIMESTAMP(3), it is the same clock. */
const OWN = /^CURRENT_TIMESTAMP(\(\d\))?$/
/**
 * Other clocks: each means another instant, or the same instant in another word; PostgreSQL keeps the word that was written. Literals and
 * quoted names are matched too, so that they can be skipped.
 */
const CLOCK =
  /'now'::text|'(?:[^']|'')*'|"[^"]*"|\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\)|\b(?:LOCALTIMESTAMP|LOCALTIME|CURRENT_TIME|CURRENT_DATE)\b(?:\(\d\))?/g

/** The type to which CURRENT_TIMESTAMP is cast where it replaces a clock of another type, so that the expression keeps its meaning. */
const TYPES: readonly (readonly [clock: RegExp, type: string])[] = [
  [/^('now'|timeofday)/, 'text'],
  [/^LOCALTIMESTAMP/, 'timestamp without time zone'],
  [/^LOCALTIME/, 'time without time zone'],
  [/^CURRENT_TIME/, 'time with time zone'],
  [/^CURRENT_DATE/, 'date'],
]

/** The expression with every other clock replaced by CURRENT_TIMESTAMP; the rest of it stays as it is. */
export function withOneClock(expression: string): string {
  return expression.replace(CLOCK, (found) => {
    if (/^['"]/.test(found) && found !== "'now'::text") return found
    const type = TYPES.find(([clock]) => clock.test(found))?.[1]
    return type === undefined ? EXPECTED : `(${EXPECTED})::${type}`
  })
}

export const timestampDefault: Rule = {
  name: 'timestamp-default',
  severity: 'error',
  stake: 'reading',
  summary: 'The clock in a default is CURRENT_TIMESTAMP; created_at and updated_at have it.',
  consequence:
    'Different defaults look as if they meant different times, and tools that compare schemas report them again and again. ' +
    'clock_timestamp() does mean another time: rows of one transaction then differ.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const { name, default: expression, generated } of table.columns) {
        if (generated) continue
        const isOwn = name === 'created_at' || name === 'updated_at'
        const mended = expression === null ? '' : withOneClock(expression)
        const isFine = isOwn ? OWN.test(expression ?? '') : mended === (expression ?? '')
        if (isFine) continue
        const expected = `DEFAULT ${isOwn ? EXPECTED : mended}`
        yield {
          table: place(table),
          column: name,
          found: expression === null ? 'no default' : `DEFAULT ${expression}`,
          expected,
          pattern: expression === null ? `columns ${name} without a default` : `defaults that are ${expression}`,
          remedy: `ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} SET ${expected}`,
        }
      }
    }
  },
}
