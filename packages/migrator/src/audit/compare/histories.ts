/** Two histories → which migrations only one of them has, which differ, and whether they ran in one order. Pure. */
import { type HistoryRow, idOf } from '../../database/history.ts'
import type { SideDifference } from './difference.ts'
import type { ComparedSide } from './side.ts'

type Histories = Readonly<Record<'a' | 'b', Pick<ComparedSide, 'history' | 'isHistoryKnown'>>>

/** None where one of them cannot be read: then nobody knows. */
export function historyDifferences({ a, b }: Histories): SideDifference[] {
  if (!a.isHistoryKnown || !b.isHistoryKnown) return []
  const [here, there] = [inOrderOfRun(a.history ?? []), inOrderOfRun(b.history ?? [])]
  const [inA, inB] = [byId(here), byId(there)]
  const ids = [...new Set([...here, ...there].sort((one, other) => one.position - other.position).map(idOf))]
  return [
    ...ids.flatMap((id): SideDifference[] => {
      const [one, other] = [inA.get(id), inB.get(id)]
      const isSame = one && other && stateText(one) === stateText(other) && one.checksum === other.checksum
      if (isSame) return []
      const text = (row: HistoryRow | undefined) =>
        row === undefined
          ? null
          : one && other
            ? `${stateText(row)}, checksum ${row.checksum.slice(0, 12)}`
            : stateText(row)
      return [{ kind: 'migration', table: null, what: `migration ${id}`, a: text(one), b: text(other), madeBy: [] }]
    }),
    ...orderDifference(
      here.map(idOf).filter((id) => inB.has(id)),
      there.map(idOf).filter((id) => inA.has(id)),
    ),
  ]
}

const byId = (rows: readonly HistoryRow[]) => new Map(rows.map((row) => [idOf(row), row]))

/** The migrations of one run have one time if one transaction applied them. */
const inOrderOfRun = (rows: readonly HistoryRow[]): HistoryRow[] =>
  [...rows].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.position - b.position)

const stateText = ({ durationMs }: HistoryRow): string => (durationMs === null ? 'begun and not finished' : 'applied')

/** The same migrations, in the order of each. */
function orderDifference(a: readonly string[], b: readonly string[]): SideDifference[] {
  const at = a.findIndex((id, index) => id !== b[index])
  if (at < 0) return []
  const from = (ids: readonly string[]) => ids.slice(at, at + 3).join(', ')
  return [
    {
      kind: 'order of migrations',
      table: null,
      what: `order of the migrations that both have, from number ${at + 1} on`,
      a: from(a),
      b: from(b),
      madeBy: [],
    },
  ]
}
