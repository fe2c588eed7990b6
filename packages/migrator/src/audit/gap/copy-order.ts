/**
 * In which order the rows of tables can be copied to V1: each after the tables that it references. Where V1 has the table its foreign keys
 * decide, since they are the ones that refuse a row. Pure.
 */
import { placeOf } from '../../catalog/place.ts'
import type { Subject } from '../../rules/subject.ts'

export interface CopyOrder {
  /** All tables that the rules check, by their place. */
  readonly tables: readonly string[]
  /** Tables that reference each other in a circle: their references have to be filled in afterwards. */
  readonly circular: readonly string[]
}

export function copyOrder({ tables, place, inV1 }: Subject): CopyOrder {
  const names = new Set(tables.map(place))
  const waiting = new Map(
    tables.map((table) => {
      const own = place(table)
      const known = inV1(own)
      const needs = (known ?? table).constraints.flatMap(({ references: to }) =>
        to === null
          ? []
          : known === undefined
            ? place({ schema: to.schema, name: to.table })
            : placeOf({ ...to, name: to.table }),
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
