import { sqlName } from '../catalog/place.ts'
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

  *find({ tables, place, inV1 }) {
    // Only a table that V1 knows can be an event table: for any other table the name alone is not enough.
    const isEvent = (at: string): boolean => isEventTable(at) && inV1(at) !== undefined
    for (const table of tables) {
      if (isEvent(place(table))) {
        for (const index of table.indexes) {
          if (!index.unique || index.primary) continue
          yield {
            table: place(table),
            column: keyColumn(table, index),
            about: index.name,
            found: `${quoted(index.name)} is unique on (${keyText(table, index)})`,
            expected: 'no unique key but the primary key',
            remedy: 'Make it a plain index; the service that writes the events recognises duplicates by their id.',
          }
        }
      }
      for (const { name, columns, references } of table.constraints) {
        if (references === null) continue
        const target = { schema: references.schema, name: references.table }
        if (!isEvent(place(target))) continue
        yield {
          table: place(table),
          column: columns[0] ?? null,
          about: name,
          found: `${quoted(name)} references the event table ${sqlName(target)}`,
          expected: 'a correlation id without a foreign key',
          remedy: `ALTER TABLE ${sqlName(table)} DROP CONSTRAINT ${quoted(name)}`,
        }
      }
    }
  },
}
