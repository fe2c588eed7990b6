import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { columnOf, list } from './subject.ts'

export const fkPartlyNull: Rule = {
  name: 'fk-partly-null',
  severity: 'warning',
  confidence: 'medium',
  stake: 'loss',
  summary: 'The columns of a foreign key are all NOT NULL, or NULL only together.',
  consequence:
    'Where one of its columns is NULL, a foreign key is not checked at all: the other columns may then point at a row that does not exist.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const { name, columns, references, definition } of table.constraints) {
        if (references === null || columns.length < 2 || / MATCH FULL\b/.test(definition)) continue
        const nullable = columns.filter((column) => columnOf(table, column)?.notNull === false)
        if (nullable.length === 0 || isChecked(table.constraints, nullable)) continue
        // A tenant's id that is in each row, beside an optional reference, is always checked together with it.
        if (nullable.length === 1 && columns.length === 2) continue
        yield {
          table: place(table),
          column: nullable[0]!,
          found: `${quoted(name)} on (${list(columns)}): ${list(nullable)} may be NULL`,
          expected: `NOT NULL, or CHECK (num_nulls(${list(nullable)}) IN (0, ${nullable.length}))`,
          remedy: `ALTER TABLE ${sqlName(table)} ADD CHECK (num_nulls(${list(nullable)}) IN (0, ${nullable.length})) NOT VALID, and validate it.`,
        }
      }
    }
  },
}

const isChecked = (constraints: readonly { kind: string; columns: readonly string[] }[], nullable: readonly string[]) =>
  constraints.some(({ kind, columns }) => kind === 'check' && nullable.every((column) => columns.includes(column)))
