import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { snake } from './subject.ts'

const WITHOUT_ZONE = /^timestamp(\(\d\))? without time zone$/
const PART = /^(date|time(\(\d\))? with(out)? time zone)$/
/** Names of instants. A day of birth, a due date or an opening time is rightly a date or a time of day. */
const INSTANT = /(_at|_ts|_time|timestamp|datetime)$|^(created|updated|modified|deleted)(_on|_date)?$/
const NUMBER_OR_TEXT = /^(bigint|integer|numeric|double precision|text|character varying)/

export const timestampTz: Rule = {
  name: 'timestamp-tz',
  severity: 'error',
  stake: 'loss',
  summary: 'Time is kept as timestamptz only.',
  consequence:
    'A timestamp without a zone means a different instant in each session that has another TimeZone, and one hour is ambiguous each year.',

  costs: { loss: 'It means another instant in each session that has another TimeZone.' },

  *find({ tables, place }) {
    for (const table of tables) {
      for (const { name, type } of table.columns) {
        const at = { table: place(table), column: name, found: type, expected: 'timestamptz' }
        const alter = `ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} TYPE timestamptz USING`
        if (WITHOUT_ZONE.test(type)) {
          yield {
            ...at,
            remedy: `${alter} ${quoted(name)} AT TIME ZONE 'UTC', if UTC is what was written`,
            pattern: 'columns of the type timestamp without time zone',
          }
        } else if (PART.test(type) && (INSTANT.test(snake(name)) || /with time zone$/.test(type))) {
          yield {
            ...at,
            remedy: 'Keep the instant as timestamptz and derive the day or the time of day.',
            severity: 'warning',
            confidence: 'medium',
          }
        } else if (/_at$/.test(name) && NUMBER_OR_TEXT.test(type)) {
          yield { ...at, remedy: `${alter} to_timestamp(...), according to the unit of the ${type}` }
        }
      }
    }
  },
}
