/** What the schema public must look like before the first run. Pure: state × steps → nothing, or an error. */
import type { DatabaseState, PublicObject } from '../database/inspect.ts'
import { statementsWithin } from '../sql/bodies.ts'
import { isPublic } from '../sql/names.ts'
import { type ObjectStatement, objectStatement } from '../sql/objects.ts'
import type { Planned } from '../workspace/workspace.ts'
import { CollisionError, NonEmptyDatabaseError } from './errors.ts'

export interface CleanSlate {
  readonly steps: readonly Planned[]
  readonly allowNonempty: boolean
  readonly target: string
}

/**
 * Without a history, public must be empty. With `allowNonempty` it may have other objects, but never one that a step creates, not even
 * if the statement would not fail (create or replace, if not exists). Throws CollisionError, NonEmptyDatabaseError.
 */
export function assertCleanSlate(state: DatabaseState, { steps, allowNonempty, target }: CleanSlate): void {
  if (state.hasHistory) return
  const there = new Map(state.strangers.map((object) => [objectKey(object), object]))
  if (there.size === 0) return
  if (!allowNonempty) {
    const objects = state.strangers.filter(({ kind }) => kind !== 'index').map(({ kind, name }) => `${kind} ${name}`)
    throw new NonEmptyDatabaseError({ database: target, objects: [...new Set(objects)] })
  }
  const collisions = steps.flatMap((step) =>
    step.render.up.statements
      .flatMap(({ sql }) => createdObjects(sql))
      .flatMap((created) => {
        const object = there.get(objectKey(created))
        return object ? [{ ...object, migration: step.id }] : []
      }),
  )
  if (collisions.length > 0) throw new CollisionError({ database: target, objects: collisions })
}

/** Tables, views, sequences and indexes share one name space; functions and types have their own (PostgreSQL manual, pg_class.relname). */
function objectKey({ kind, name }: PublicObject): string {
  return `${kind === 'function' || kind === 'type' ? kind : 'relation'} ${name}`
}

/** The objects that a text creates in public by name, also in the bodies of DO blocks and functions. */
function createdObjects(sql: string): PublicObject[] {
  return statementsWithin(sql).flatMap((statement) => {
    const found = objectStatement(statement)
    const kind = found?.verb === 'create' && !found.temporary ? KINDS[found.kind] : undefined
    return kind === undefined ? [] : found!.names.filter(isPublic).map(({ name }) => ({ kind, name }))
  })
}

const KINDS: Readonly<Partial<Record<ObjectStatement['kind'], PublicObject['kind']>>> = {
  table: 'table',
  view: 'view',
  sequence: 'sequence',
  index: 'index',
  function: 'function',
  procedure: 'function',
  aggregate: 'function',
  type: 'type',
  domain: 'type',
}
