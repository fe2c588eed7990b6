import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Confidence, Rule } from './finding.ts'

/** A literal as PostgreSQL renders it under the settings with which a catalogue is read. */
const LITERAL = /^'(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d)(\.\d+)?(?:[+-][\d:]+)?)?'::(timestamp|date)\b/

/**
 * How sure it is that a literal was meant to be the time of the insert. A fraction of a second is what a clock gives; 1970-01-01, the first
 * and the last day of a year, and midnight are what people write for “never” or “since ever”.
 */
function confidenceOf(expression: string): Confidence | undefined {
  const [, year, month, day, time, fraction] = LITERAL.exec(expression) ?? []
  if (year === undefined) return undefined
  if (fraction !== undefined) return 'high'
  const isRound = ['01-01', '12-31'].includes(`${month}-${day}`) || Number(year) < 1990 || Number(year) > 2100
  return isRound || time === undefined || /^(00:00:00|23:59:59)$/.test(time) ? undefined : 'medium'
}

export const frozenDefault: Rule = {
  name: 'frozen-default',
  severity: 'error',
  stake: 'loss',
  summary: 'A default that shall be the time of the insert calls a clock.',
  consequence:
    'PostgreSQL reads the literal ’now’ once, when the column is made: every row since then has the time of that migration.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const { name, default: expression, generated } of table.columns) {
        const confidence = generated || expression === null ? undefined : confidenceOf(expression)
        if (confidence === undefined) continue
        yield {
          table: place(table),
          column: name,
          found: `DEFAULT ${expression}`,
          expected: 'DEFAULT CURRENT_TIMESTAMP',
          remedy: `ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} SET DEFAULT CURRENT_TIMESTAMP`,
          confidence,
        }
      }
    }
  },
}
