/** Which objects a migration creates and drops in the end, read from its statements, and which statements say nothing of that kind. Pure. */
import { effectsOf } from '../sql/effects.ts'
import { indexBuild } from '../sql/index-build.ts'
import { objectStatement } from '../sql/objects.ts'
import { statements } from '../sql/statements.ts'
import type { Planned } from '../workspace/workspace.ts'

export interface MadeObject {
  readonly kind: 'table' | 'view' | 'sequence' | 'index' | 'type'
  readonly schema: string
  readonly name: string
  readonly is: 'created' | 'dropped'
}

const KINDS: Readonly<Record<string, MadeObject['kind']>> = {
  table: 'table',
  view: 'view',
  sequence: 'sequence',
  index: 'index',
  type: 'type',
  domain: 'type',
}

export interface Made {
  readonly objects: readonly MadeObject[]
  /** Statements of which nothing is looked up. An index that is built is looked up by its definition, elsewhere. */
  readonly unseen: readonly string[]
}

/** The last word on a name counts: what is created and dropped again is dropped. A name that is given to another object is left out. */
export function objectsMade({ render }: Pick<Planned, 'render'>): Made {
  const objects = new Map<string, MadeObject>()
  const unseen: string[] = []
  for (const { sql } of render.up.statements) {
    let isSeen = indexBuild(sql) !== undefined
    for (const words of isSeen ? [] : statements(sql)) {
      const found = objectStatement(words)
      const kind = found === undefined || found.temporary || found.verb === 'alter' ? undefined : KINDS[found.kind]
      if (found === undefined || kind === undefined) continue
      isSeen = true
      const is = found.verb === 'create' ? 'created' : 'dropped'
      for (const { schema = 'public', name } of found.names) objects.set(name, { kind, schema, name, is })
    }
    for (const effect of effectsOf(sql).flat()) {
      // A partition that is detached is looked up elsewhere as well.
      isSeen ||= effect.type === 'detach'
      if (effect.type !== 'rename') continue
      objects.delete(effect.object.name)
      objects.delete(effect.to)
    }
    if (!isSeen) unseen.push(sql)
  }
  return { objects: [...objects.values()], unseen }
}
