import type { Rule } from './finding.ts'
import { quoted } from './subject.ts'

const EXPECTED = 'CURRENT_TIMESTAMP'
/** Each means another instant, or says the same in another word; PostgreSQL keeps the word that was written. */
const OTHER_CLOCKS =
  /\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(|\b(LOCALTIMESTAMP|LOCALTIME|CURRENT_TIME|CURRENT_DATE)\b|'now'::/

export const timestampDefault: Rule = {
  name: 'timestamp-default',
  severity: 'error',
  summary: 'The clock in a default is CURRENT_TIMESTAMP; created_at and updated_at have it.',
  consequence:
    'Mixed defaults read as if they meant different times, and tools that compare schemas report a difference for ever. ' +
    'clock_timestamp() does mean another one: rows of one transaction then disagree.',

  *find({ tables }) {
    for (const table of tables) {
      for (const { name, default: expression } of table.columns) {
        const isOwn = name === 'created_at' || name === 'updated_at'
        const isFine = isOwn ? expression === EXPECTED : !OTHER_CLOCKS.test(expression ?? '')
        if (isFine) continue
        yield {
          table: table.name,
          column: name,
          found: expression === null ? 'no default' : `DEFAULT ${expression}`,
          expected: `DEFAULT ${EXPECTED}`,
          remedy: `ALTER TABLE ${quoted(table.name)} ALTER COLUMN ${quoted(name)} SET DEFAULT ${EXPECTED}`,
        }
      }
    }
  },
}
