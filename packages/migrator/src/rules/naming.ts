import { sqlName } from '../catalog/place.ts'
import type { Constraint, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Breach, Rule } from './finding.ts'
import { indexName, keyColumn, LONGEST_NAME_BYTES, type Subject, snake } from './subject.ts'

const SNAKE = /^[a-z][a-z0-9_]*$/
const LETTERS = 'lower-case letters, digits and _'

export const naming: Rule = {
  name: 'naming',
  severity: 'warning',
  stake: 'reading',
  summary: 'Names are snake_case; constraints, indexes and triggers are pk_, uq_, fk_, chk_, idx_, trg_<table>_<what>.',
  consequence:
    'Otherwise the name in an error message does not say what failed, and mixed-case names must be quoted in every query for ever.',

  *find(subject) {
    const { tables, place } = subject
    for (const table of tables) {
      const alter = `ALTER TABLE ${sqlName(table)} RENAME`
      if (!SNAKE.test(table.name)) {
        const remedy = `${alter} TO ${quoted(snake(table.name))}`
        yield { table: place(table), column: null, found: `table ${sqlName(table)}`, expected: LETTERS, remedy }
      }
      for (const { name } of table.columns) {
        if (SNAKE.test(name)) continue
        const remedy = `${alter} COLUMN ${quoted(name)} TO ${quoted(snake(name))}`
        yield { table: place(table), column: name, found: `column ${quoted(name)}`, expected: LETTERS, remedy }
      }
      // Constraints, indexes and triggers that a table inherits are named after its parent.
      if (table.parents.length === 0) yield* partNames(subject, table)
    }
  },
}

function* partNames({ place }: Subject, table: Table): Iterable<Breach> {
  const own = snake(table.name)
  for (const { name, kind, columns } of table.constraints) {
    const expected = constraintName(own, kind, columns)
    if (matches(name, expected)) continue
    const remedy = `ALTER TABLE ${sqlName(table)} RENAME CONSTRAINT ${quoted(name)} TO ${written(expected)}`
    const column = columns.length === 1 ? columns[0]! : null
    yield { table: place(table), column, found: `${kind} ${quoted(name)}`, expected, remedy }
  }
  for (const index of table.indexes) {
    const expected = `${index.unique ? 'uq' : 'idx'}_${own}_*`
    if (index.constraint !== null || matches(index.name, expected)) continue
    const remedy = `ALTER INDEX ${indexName(table, index.name)} RENAME TO ${written(expected)}`
    const found = `index ${quoted(index.name)}`
    yield { table: place(table), column: keyColumn(table, index), found, expected, remedy }
  }
  for (const { name } of table.triggers) {
    const expected = `trg_${own}_*`
    if (matches(name, expected)) continue
    const remedy = `ALTER TRIGGER ${quoted(name)} ON ${sqlName(table)} RENAME TO ${written(expected)}`
    yield { table: place(table), column: null, found: `trigger ${quoted(name)}`, expected, remedy }
  }
}

/** `*` stands for words that the author chooses. */
function constraintName(table: string, kind: Constraint['kind'], columns: readonly string[]): string {
  const what = columns.map(snake).join('_')
  switch (kind) {
    case 'primary key':
      return `pk_${table}`
    case 'unique':
      return `uq_${table}_${what}`
    case 'foreign key':
      return `fk_${table}_${what}`
    case 'check':
      return `chk_${table}_*`
    case 'exclude':
      return `ex_${table}_*`
  }
}

const written = (expected: string): string => expected.replace('*', '...')

/** A name that is longer than PostgreSQL allows has to be shortened, so only its beginning is compared. */
function matches(name: string, expected: string): boolean {
  if (expected.endsWith('*')) return name.startsWith(expected.slice(0, -1).slice(0, LONGEST_NAME_BYTES - 1))
  if (expected.length <= LONGEST_NAME_BYTES) return name === expected
  return name.startsWith(`${expected.split('_', 1)[0]}_`)
}
