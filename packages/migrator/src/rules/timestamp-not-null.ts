import { sqlName } from '../catalog/place.ts'
import type { Column } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Confidence, Rule } from './finding.ts'
import { columnOf, snake } from './subject.ts'

const EXPECTED = 'timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP'
const OWN: readonly string[] = ['created_at', 'updated_at']

const TIME = /^(timestamp(\(\d\))? with(out)? time zone|date)$/
const CLOCK = /\b(CURRENT_TIMESTAMP|CURRENT_DATE|LOCALTIMESTAMP)\b|\b(now|\w+_timestamp)\(\)/
/** Every row was made at some time, so a name that says when cannot be without one. */
const MADE =
  /^(created|inserted|registered|recorded|logged)(_(at|on|ts|time|date|timestamp|datetime))?$|^(date|time)_(created|inserted|registered|recorded)$|^(creation|insertion|registration)_?(time|date|ts|timestamp)$/
/** Some take NULL for “never changed since”. */
const CHANGED =
  /^(last_)?(updated|modified|changed)(_(at|on|ts|time|date|timestamp|datetime))?$|^(date|time)_(updated|modified)$|^(modification|update)_?(time|date|ts|timestamp)$/

/**
 * How sure it is that NULL means nothing here. A column such as published_at, expires_at or deleted_at is rightly NULL until it happens: it is
 * found only where it has a clock for its default, since then each row has a value unless somebody wrote NULL.
 */
function neverNull({ name, type, notNull, generated, default: expression }: Column): Confidence | undefined {
  if (notNull || generated || !TIME.test(type)) return undefined
  if (CLOCK.test(expression ?? '')) return 'high'
  if (MADE.test(snake(name))) return 'medium'
  return CHANGED.test(snake(name)) ? 'low' : undefined
}

export const timestampNotNull: Rule = {
  name: 'timestamp-not-null',
  severity: 'error',
  stake: 'change',
  summary: 'Every table has created_at; it, updated_at and each other time that every row has are NOT NULL.',
  consequence: 'Rows without a time fall out of every list that is sorted or filtered by it.',

  *find({ tables, place }) {
    for (const table of tables) {
      const judged = new Set<string>()
      for (const own of OWN) {
        // `createdAt` is the column under another name, and naming tells that.
        const column = columnOf(table, own) ?? table.columns.find(({ name }) => snake(name) === own)
        const name = column?.name ?? own
        judged.add(name)
        const at = { table: place(table), column: name, expected: EXPECTED }
        if (column === undefined && own === 'created_at') {
          const same = table.columns.find(({ name: other }) => MADE.test(snake(other)))
          yield {
            ...at,
            found: 'no such column',
            pattern: 'tables without created_at',
            // A column that says the same under another name is only renamed.
            ...(same === undefined
              ? { remedy: `ALTER TABLE ${sqlName(table)} ADD COLUMN ${name} ${EXPECTED}` }
              : {
                  remedy: `ALTER TABLE ${sqlName(table)} RENAME COLUMN ${quoted(same.name)} TO ${name}`,
                  severity: 'warning',
                  confidence: 'medium',
                }),
          }
        } else if (column !== undefined && !column.notNull) {
          yield {
            ...at,
            found: 'NULL is allowed',
            remedy: `Fill what is NULL, then ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} SET NOT NULL`,
          }
        }
      }
      for (const column of table.columns) {
        const confidence = judged.has(column.name) ? undefined : neverNull(column)
        if (confidence === undefined) continue
        const { name, type, default: expression } = column
        yield {
          table: place(table),
          column: name,
          found: `NULL is allowed${confidence === 'high' ? `, with DEFAULT ${expression}` : ''}`,
          expected: `${/^timestamp\b/.test(type) ? 'timestamptz' : type} NOT NULL`,
          remedy: `Fill what is NULL, then ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} SET NOT NULL`,
          severity: 'warning',
          confidence,
        }
      }
    }
  },
}
