/** The effects of the downs that are going to run, in order, each with what the database has to be asked for. Pure. */
import type { Effect, ObjectName } from '../sql/effect.ts'
import { effectsOf } from '../sql/effects.ts'
import { inlined } from '../sql/literal.ts'
import type { Statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { Names, spaceOf } from './names.ts'

/** An object by the name that the database has for it. */
export interface Lookup {
  readonly kind: 'relation' | 'column' | 'constraint' | 'trigger' | 'policy' | 'rule' | 'type' | 'function'
  readonly schema: string
  /** The table of a part; '' for anything else. */
  readonly table: string
  readonly name: string
  readonly signature: string | null
}

export interface Located {
  readonly step: Planned
  /** The same for all effects of one statement, whose objects go together. */
  readonly statement: number
  readonly effect: Effect
  /** Undefined for what is not looked up, and for what an earlier statement of the downs has made. */
  readonly lookup: Lookup | undefined
  /** The table whose rows are counted, by its name in the database. */
  readonly table: ObjectName | null
}

export function locatedEffects(steps: readonly Planned[]): Located[] {
  const names = new Names()
  let number = 0
  return steps.flatMap((step) =>
    step.render.down.statements.flatMap((statement) =>
      effectsOf(withValues(statement, step)).flatMap((effects) => {
        number += 1
        return effects.map((effect): Located => {
          const found = located(names, effect)
          note(names, effect)
          return { step, statement: number, effect, ...found }
        })
      }),
    ),
  )
}

/** A parameter that cannot be written as SQL leaves its mark in the text: the rows that the statement means are then not counted. */
function withValues(statement: Statement, { id }: Planned): string {
  try {
    return inlined(statement, id)
  } catch {
    return statement.sql
  }
}

function located(names: Names, effect: Effect): Pick<Located, 'lookup' | 'table'> {
  const relation = (object: ObjectName) => names.find('relation', object)
  const part = (kind: Lookup['kind'], owner: ObjectName, name: string | null) => {
    const table = relation(owner)
    return {
      table,
      lookup: table && name !== null ? lookup(kind, { schema: table.schema, name }, table.name) : undefined,
    }
  }
  switch (effect.type) {
    case 'drop': {
      const { kind, object, table, signature } = effect
      if (kind === 'trigger' || kind === 'policy' || kind === 'rule')
        return part(kind, table as ObjectName, object.name)
      if (['schema', 'extension', 'collation', 'statistics'].includes(kind)) return { lookup: undefined, table: null }
      const space = spaceOf(kind) as 'relation' | 'type' | 'function'
      const found = names.find(space, object)
      return {
        table: space === 'relation' ? found : null,
        lookup: found ? lookup(space, found, '', signature) : undefined,
      }
    }
    case 'drop part':
      return part(
        effect.kind,
        effect.table,
        effect.kind === 'column' ? names.column(relation(effect.table), effect.name) : effect.name,
      )
    case 'retype':
      return part('column', effect.table, names.column(relation(effect.table), effect.name))
    case 'detach':
    case 'rename': {
      const found = names.find(effect.type === 'rename' ? spaceOf(effect.kind) : 'relation', effect.object)
      return { lookup: undefined, table: found }
    }
    case 'rows': {
      const table = relation(effect.table)
      return { table, lookup: table ? lookup('relation', table, '') : undefined }
    }
    default:
      return { lookup: undefined, table: null }
  }
}

const lookup = (
  kind: Lookup['kind'],
  { schema = 'public', name }: ObjectName,
  table: string,
  signature?: string,
): Lookup => ({ kind, schema, table, name, signature: signature ?? null })

/** What the names mean after the effect. */
function note(names: Names, effect: Effect): void {
  if (effect.type === 'rename') names.rename(spaceOf(effect.kind), effect.object, effect.to)
  if (effect.type === 'create') names.make('relation', effect.object)
  if (effect.type !== 'rename column') return
  const table = names.find('relation', effect.table)
  if (table) names.renameColumn(table, effect.name, effect.to)
}
