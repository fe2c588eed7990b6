import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

const EXPECTED = 'CURRENT_TIMESTAMP'
/** Fewer digits are the same clock. */
const OWN = /^CURRENT_TIMESTAMP(\(\d\))?$/
/** Each means another instant, or says the same in another word; PostgreSQL keeps the word that was written. Text is passed over. */
const CLOCK =
  /'now'::text|'(?:[^']|'')*'|"[^"]*"|\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\)|\b(?:LOCALTIMESTAMP|LOCALTIME|CURRENT_TIME|CURRENT_DATE)\b(?:\(\d\))?/g

/** What a clock that is no timestamptz has to become, so that the rest of its expression goes on meaning what it meant. */
const TYPES: readonly (readonly [clock: RegExp, type: string])[] = [
  [/^('now'|timeofday)/, 'text'],
  [/^LOCALTIMESTAMP/, 'timestamp without time zone'],
  [/^LOCALTIME/, 'time without time zone'],
  [/^CURRENT_TIME/, 'time with time zone'],
  [/^CURRENT_DATE/, 'date'],
]

/** The expression with CURRENT_TIMESTAMP for every other clock in it; nothing else of it changes. */
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
  summary: 'The clock in a default is CURRENT_TIMESTAMP; created_at and updated_at have it.',
  consequence:
    'Different defaults look as if they meant different times, and tools that compare schemas report them again and again. ' +
    'clock_timestamp() does mean another time: rows of one transaction then differ.',

  *find({ tables }) {
    for (const table of tables) {
      for (const { name, default: expression, generated } of table.columns) {
        if (generated) continue
        const isOwn = name === 'created_at' || name === 'updated_at'
        const mended = expression === null ? '' : withOneClock(expression)
        const isFine = isOwn ? OWN.test(expression ?? '') : mended === (expression ?? '')
        if (isFine) continue
        const expected = `DEFAULT ${isOwn ? EXPECTED : mended}`
        yield {
          table: table.name,
          column: name,
          found: expression === null ? 'no default' : `DEFAULT ${expression}`,
          expected,
          remedy: `ALTER TABLE ${quoted(table.name)} ALTER COLUMN ${quoted(name)} SET ${expected}`,
        }
      }
    }
  },
}
