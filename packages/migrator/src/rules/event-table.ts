import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { isEventTable, keyColumn, keyText } from './subject.ts'

export const eventTable: Rule = {
  name: 'event-table',
  severity: 'error',
  stake: 'outage',
  summary:
    'An event table (..._logs, _events, _plays, _analytics) has no unique key but its primary key, and nothing references it.',
  consequence:
    'It grows without bound and will be partitioned: a unique key must then contain the partition key, and no foreign key can point at it.',

  *find({ tables, inV1 }) {
    // Only a table that V1 knows can be an event table: for any other table the name alone is not enough.
    const isEvent = (name: string): boolean => isEventTable(name) && inV1(name) !== undefined
    for (const table of tables) {
      if (isEvent(table.name)) {
        for (const index of table.indexes) {
          if (!index.unique || index.primary) continue
          yield {
            table: table.name,
            column: keyColumn(table, index),
            found: `${quoted(index.name)} is unique on (${keyText(table, index)})`,
            expected: 'no unique key but the primary key',
            remedy: 'Make it a plain index; the service that writes the events recognises duplicates by their id.',
          }
        }
      }
      for (const { name, columns, references } of table.constraints) {
        if (references === null || references.schema !== 'public' || !isEvent(references.table)) continue
        yield {
          table: table.name,
          column: columns[0] ?? null,
          found: `${quoted(name)} references the event table ${quoted(references.table)}`,
          expected: 'a correlation id without a foreign key',
          remedy: `ALTER TABLE ${quoted(table.name)} DROP CONSTRAINT ${quoted(name)}`,
        }
      }
    }
  },
}
