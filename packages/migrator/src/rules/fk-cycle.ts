import { sqlName } from '../catalog/place.ts'
import type { Constraint, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { columnOf, type Subject } from './subject.ts'

interface Edge {
  readonly from: string
  readonly to: string
  readonly table: Table
  readonly constraint: Constraint
}

/** Foreign keys between two different tables. A table that references itself can be filled and emptied row by row. */
function edgesOf({ tables, place }: Subject): Edge[] {
  return tables.flatMap((table) =>
    table.constraints.flatMap((constraint): Edge[] => {
      if (constraint.references === null) return []
      const { schema, table: name } = constraint.references
      const [from, to] = [place(table), place({ schema, name })]
      return from === to ? [] : [{ from, to, table, constraint }]
    }),
  )
}

const isMandatory = ({ table, constraint }: Edge): boolean =>
  constraint.columns.every((column) => columnOf(table, column)?.notNull === true)
const isChecked = ({ constraint }: Edge): boolean =>
  !/ DEFERRABLE\b/.test(constraint.definition) || / NOT DEFERRABLE\b/.test(constraint.definition)

/** Without the edges that lead into no circle or come from none, of which nearly all foreign keys are. */
function trimmed(edges: readonly Edge[]): readonly Edge[] {
  const starts = new Set(edges.map(({ from }) => from))
  const ends = new Set(edges.map(({ to }) => to))
  const left = edges.filter(({ from, to }) => ends.has(from) && starts.has(to))
  return left.length === edges.length ? left : trimmed(left)
}

/** The shortest way from the end of an edge back to its start, the edge first; undefined where there is none. */
function cycleOf(edge: Edge, byStart: ReadonlyMap<string, readonly Edge[]>): readonly Edge[] | undefined {
  let ways: (readonly Edge[])[] = [[edge]]
  const seen = new Set([edge.to])
  while (ways.length > 0) {
    const next: (readonly Edge[])[] = []
    for (const way of ways) {
      for (const step of byStart.get(way.at(-1)!.to) ?? []) {
        if (step.to === edge.from) return [...way, step]
        if (seen.has(step.to)) continue
        seen.add(step.to)
        next.push([...way, step])
      }
    }
    ways = next
  }
  return undefined
}

export const fkCycle: Rule = {
  name: 'fk-cycle',
  severity: 'error',
  stake: 'outage',
  summary:
    'Tables that need each other’s rows can be filled: one foreign key of the circle is deferrable, or allows NULL.',
  consequence:
    'Each first row needs another one that is not there yet, so none can be inserted, no dump of the data can be restored, and no row of them can be deleted alone.',

  *find(subject) {
    const edges = trimmed(edgesOf(subject).filter((edge) => isMandatory(edge) && isChecked(edge)))
    const byStart = Map.groupBy(edges, ({ from }) => from)
    const told = new Set<string>()
    for (const edge of edges) {
      const cycle = cycleOf(edge, byStart)
      if (cycle === undefined) continue
      const places = cycle.map(({ from }) => from)
      // One circle is told once, at the first of its tables.
      const name = JSON.stringify([...places].sort())
      if (told.has(name)) continue
      told.add(name)
      yield {
        table: edge.from,
        column: edge.constraint.columns[0] ?? null,
        found: `${[...places, edge.from].join(' → ')}, each NOT NULL and checked at once`,
        expected: 'one of these foreign keys DEFERRABLE INITIALLY DEFERRED, or with a column that can be NULL',
        remedy: `ALTER TABLE ${sqlName(edge.table)} ALTER CONSTRAINT ${quoted(edge.constraint.name)} DEFERRABLE INITIALLY DEFERRED`,
      }
    }
  },
}
