/**
 * Two states of one table → their differences. Pure. A constraint or an index that only has another name is one difference, not a missing
 * and an added one: it is recognised by its definition.
 */
import { columnText, constraintText, factsText, indexText, tableText, triggerText } from './descriptions.ts'
import {
  type CatalogDifference,
  type Comparison,
  differing,
  nameOf,
  type Pair,
  pairs,
  type Renamed,
  type Same,
} from './difference.ts'
import { normalised } from './normalised.ts'
import type { Column, Index, Table, TablePart, Trigger, View } from './types.ts'

export interface TableComparison extends Comparison {
  /** The table as it is called in the differences. */
  readonly place: string
  readonly isSame: Same
}

export function tableDifferences(
  found: (Table & Renamed) | undefined,
  expected: Table | undefined,
  comparison: TableComparison,
): CatalogDifference[] {
  const { comments = false, place, isSame } = comparison
  const whole = { kind: 'table', table: place, name: place } as const
  if (found === undefined) return [{ ...whole, change: 'missing', found: null, expected: tableText(expected!) }]
  if (expected === undefined) return [{ ...whole, change: 'added', found: tableText(found), expected: null }]
  const commentOf = (comment: string | null) =>
    comments && comment !== null ? `, comment ${JSON.stringify(comment)}` : ''
  const at = { table: place, isSame }
  return [
    ...differing<Table & Renamed>([[found, expected]], {
      ...at,
      kind: 'table',
      describe: (table) => factsText(table) + commentOf(table.comment),
    }),
    ...differing<Column & Renamed>(pairs(found.columns, expected.columns, nameOf), {
      ...at,
      kind: 'column',
      describe: (column) => columnText(column) + commentOf(column.comment),
    }),
    ...differing(matched(found.constraints, expected.constraints, constraintText), {
      ...at,
      kind: 'constraint',
      describe: constraintText,
    }),
    ...indexDifferences(free(found.indexes), free(expected.indexes), at),
    ...triggerDifferences(found.triggers, expected.triggers, at),
    ...describedDifferences('policy', found.policies, expected.policies, at),
    ...describedDifferences('rule', found.rules, expected.rules, at),
  ]
}

/** What a view has as a table has it. */
export const viewPartDifferences = (
  found: View,
  expected: View,
  { place, isSame }: TableComparison,
): CatalogDifference[] => {
  const at = { table: place, isSame }
  return [
    ...indexDifferences(found.indexes, expected.indexes, at),
    ...triggerDifferences(found.triggers, expected.triggers, at),
    ...describedDifferences('rule', found.rules, expected.rules, at),
  ]
}

interface At {
  readonly table: string
  readonly isSame: Same
}

const indexDifferences = (found: readonly Index[] = [], expected: readonly Index[] = [], at: At) =>
  differing(matched(found, expected, indexText), { ...at, kind: 'index', describe: indexText })

const triggerDifferences = (found: readonly Trigger[] = [], expected: readonly Trigger[] = [], at: At) =>
  differing<Trigger & Renamed>(pairs(found, expected, nameOf), { ...at, kind: 'trigger', describe: triggerText })

const describedDifferences = (
  kind: 'policy' | 'rule',
  found: readonly TablePart[] = [],
  expected: readonly TablePart[] = [],
  at: At,
) =>
  differing<TablePart & Renamed>(pairs(found, expected, nameOf), {
    ...at,
    kind,
    describe: ({ definition }) => definition,
  })

/** Indexes without those of constraints, which are made and dropped together with the constraint. */
const free = (indexes: readonly Index[]): Index[] => indexes.filter(({ constraint }) => constraint === null)

/** Paired by name; those without a partner of the same name are paired by their description. */
function matched<T extends { name: string }>(
  found: readonly T[],
  expected: readonly T[],
  describe: (one: T) => string,
): Pair<T>[] {
  const byName = pairs(found, expected, nameOf)
  const both = byName.filter(([one, other]) => one !== undefined && other !== undefined)
  const alone = pairs(
    byName.flatMap(([one, other]) => (one !== undefined && other === undefined ? [one] : [])),
    byName.flatMap(([one, other]) => (one === undefined && other !== undefined ? [other] : [])),
    (one) => normalised(describe(one)),
  )
  return [...both, ...alone]
}
