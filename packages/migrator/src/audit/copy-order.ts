/** In which order the rows of tables can be copied: each after the tables that it references. Pure. */
import type { Subject } from '../rules/subject.ts'

export interface CopyOrder {
  /** All tables that the rules check, by their place. */
  readonly tables: readonly string[]
  /** Tables that reference each other in a circle: their references have to be filled in afterwards. */
  readonly circular: readonly string[]
}

export function copyOrder({ tables, place }: Subject): CopyOrder {
  const names = new Set(tables.map(place))
  const waiting = new Map(
    tables.map((table) => {
      const own = place(table)
      const needs = table.constraints.flatMap(({ references }) =>
        references === null ? [] : [place({ schema: references.schema, name: references.table })],
      )
      return [own, new Set(needs.filter((name) => name !== own && names.has(name)))] as const
    }),
  )
  const needers = new Map<string, string[]>()
  for (const [name, needs] of waiting)
    for (const needed of needs) needers.set(needed, [...(needers.get(needed) ?? []), name])

  const order: string[] = []
  const circular: string[] = []
  let ready = [...waiting].filter(([, needs]) => needs.size === 0).map(([name]) => name)
  while (waiting.size > 0) {
    if (ready.length === 0) {
      // Only circles are left: one of them is opened at the table that waits for the fewest others.
      const [next] = [...waiting].reduce((least, one) => (one[1].size < least[1].size ? one : least))
      circular.push(next)
      ready = [next]
    }
    const following: string[] = []
    for (const name of ready) {
      if (!waiting.delete(name)) continue
      order.push(name)
      for (const needer of needers.get(name) ?? []) {
        const needs = waiting.get(needer)
        needs?.delete(name)
        if (needs?.size === 0) following.push(needer)
      }
    }
    ready = following
  }
  return { tables: order, circular }
}
