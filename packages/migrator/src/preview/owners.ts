/**
 * Whose migration makes a table or a view, by its name, read from what the migrations render. Only names: what a migration makes in code
 * that reads the database is not seen here. `check` proves owners on a replay; this is for naming them in a message. Pure.
 */
import { effectsOf } from '../sql/effects.ts'
import type { Planned } from '../workspace/workspace.ts'

export function ownersByName(order: readonly Planned[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>()
  for (const { domain, render } of order) {
    for (const effect of render.up.statements.flatMap(({ sql }) => effectsOf(sql).flat())) {
      if (effect.type === 'create' && !owners.has(effect.object.name)) owners.set(effect.object.name, domain)
      if (effect.type !== 'rename' || !owners.has(effect.object.name)) continue
      owners.set(effect.to, owners.get(effect.object.name) as string)
      owners.delete(effect.object.name)
    }
  }
  return owners
}
