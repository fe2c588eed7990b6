import { sqlName } from '../catalog/place.ts'
import type { Constraint, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Breach, Rule } from './finding.ts'
import { list, type Subject } from './subject.ts'

/** What a foreign key asks of each of its columns, in an order that does not depend on how the columns are listed. */
const pairs = ({ columns, references }: Constraint): string =>
  JSON.stringify(columns.map((column, at) => [column, references?.columns[at]]).sort())
const referring = ({ columns }: Constraint): string => JSON.stringify([...columns].sort())
const targetOf = ({ references }: Constraint): string =>
  sqlName({ schema: references!.schema, name: references!.table })

/** The constraint that stays: one that holds for every row, else the first by name. */
const byWorth = (a: Constraint, b: Constraint): number => Number(b.validated) - Number(a.validated)

export const duplicateConstraint: Rule = {
  name: 'duplicate-constraint',
  severity: 'warning',
  stake: 'loss',
  summary: 'No two foreign keys bind the same columns, and no two checks of a table are the same.',
  consequence:
    'Each insert pays for both. Two foreign keys with different actions or targets contradict each other: which one a delete meets is ' +
    'nobody’s decision, and a row needs a partner in both tables.',

  *find(subject) {
    for (const table of subject.tables) {
      const foreign = table.constraints.filter(({ references }) => references !== null).toSorted(byWorth)
      for (const group of Map.groupBy(foreign, referring).values()) yield* foreignKeys(subject, table, group)
      yield* checks(subject, table)
    }
  },
}

function* foreignKeys({ place }: Subject, table: Table, group: readonly Constraint[]): Iterable<Breach> {
  const [kept, ...others] = group
  for (const other of others) {
    const { name, columns } = other
    const at = { table: place(table), column: columns[0] ?? null, about: name }
    const both = `${quoted(kept!.name)} and ${quoted(name)}`
    const drop = `ALTER TABLE ${sqlName(table)} DROP CONSTRAINT ${quoted(name)}`
    const isSameTarget = targetOf(kept!) === targetOf(other) && pairs(kept!) === pairs(other)
    const [first, second] = [kept!, other].map(({ references }) => references!.onDelete)
    if (!isSameTarget) {
      yield {
        ...at,
        found: `${both} bind (${list(columns)}) to ${targetOf(kept!)} and to ${targetOf(other)}`,
        expected: 'one foreign key',
        remedy: `Decide which table (${list(columns)}) means and drop the other constraint: ${drop}`,
        // The key of a table that extends another one's extension can rightly be bound to both.
        confidence: 'medium',
      }
    } else if (first !== second) {
      yield {
        ...at,
        found: `${both} bind (${list(columns)}) to ${targetOf(other)}, with ON DELETE ${first!.toUpperCase()} and ${second!.toUpperCase()}`,
        expected: 'one foreign key',
        remedy: `Decide what a delete shall do, and drop the other constraint: ${drop}`,
        severity: 'error',
      }
    } else {
      const found = `${both} are the same: (${list(columns)}) references ${targetOf(other)}`
      yield { ...at, found, expected: 'one of them', remedy: drop }
    }
  }
}

/** Only the rows before it was made are left out by NOT VALID, so the text without it says what the constraint asks. */
const asked = ({ definition }: Constraint): string => definition.replace(/ NOT VALID$/, '')

function* checks({ place }: Subject, table: Table): Iterable<Breach> {
  const own = table.constraints.filter(({ kind }) => kind === 'check').toSorted(byWorth)
  for (const group of Map.groupBy(own, asked).values()) {
    const [kept, ...others] = group
    for (const { name, columns } of others) {
      yield {
        table: place(table),
        column: columns.length === 1 ? columns[0]! : null,
        about: name,
        found: `check ${quoted(name)} is the same as ${quoted(kept!.name)}`,
        expected: 'one of them',
        remedy: `ALTER TABLE ${sqlName(table)} DROP CONSTRAINT ${quoted(name)}`,
      }
    }
  }
}
