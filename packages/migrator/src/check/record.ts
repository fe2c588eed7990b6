/** The record that a recorded replay makes of each migration. The proofs read it. Parsed once from the reports of the recorder. */
import type { QueryResult } from 'pg'
import type { Planned } from '../workspace/workspace.ts'

/** One object that was created, altered or dropped, or one table whose rows a statement changes (also if it found no rows to change). */
export interface Change {
  readonly step: 'up' | 'down'
  /** Number within the step, from 1. */
  readonly statement: number
  readonly action: 'create' | 'alter' | 'drop' | 'insert' | 'update' | 'delete' | 'truncate' | 'cascade'
  /** `ALTER TABLE`, `INSERT`. */
  readonly tag: string
  /** `index idx_users_status`. */
  readonly object: string
  readonly schema: string | null
  /** Catalogue and object id of the object itself. The key stays the same when the object is renamed. */
  readonly key: string
  /** Key of the table, view, function or type that the object belongs to; its own key if it is one of these. */
  readonly root: string
}

/** A table, view, function, type or similar object, with everything that belongs to it. */
export interface DescribedObject {
  readonly key: string
  /** `table users`. */
  readonly object: string
  readonly lines: readonly string[]
  /** Keys of the tables, views, functions and types that it refers to: see `Change.root`. */
  readonly references: readonly string[]
  /** Body of a function if PostgreSQL keeps it as text, otherwise null. */
  readonly body: string | null
}

export interface StepRecord {
  readonly changes: readonly Change[]
  readonly objects: readonly DescribedObject[]
}

/** An object that is different after `down` than before `up`. Lines that are the same in both states are left out. */
export interface Unrestored {
  readonly object: string
  readonly lost: readonly string[]
  readonly left: readonly string[]
}

export type Reverting =
  | { readonly outcome: 'restored' }
  | { readonly outcome: 'irreversible'; readonly reason: string }
  | { readonly outcome: 'failed'; readonly statement: number; readonly message: string }
  | { readonly outcome: 'differs'; readonly differences: readonly Unrestored[] }

export interface MigrationRecord {
  readonly migration: Planned
  /** Changes made by up and by down. */
  readonly changes: readonly Change[]
  /** Objects that up touched and did not drop, as they were after up. */
  readonly objects: readonly DescribedObject[]
  readonly reverting: Reverting
  /** Why a migration outside a transaction cannot be run a second time; undefined if it can, or runs in a transaction. */
  readonly notAgain: string | undefined
}

interface ReplayFailure {
  readonly migration: Planned
  readonly statement: number
  readonly message: string
}

export interface RecordedReplay {
  /** `18.4`. */
  readonly version: string
  readonly records: readonly MigrationRecord[]
  /** Keys of the migrator's own tables. */
  readonly own: ReadonlySet<string>
  /** Where the replay stopped early; undefined if it did not. */
  readonly failure: ReplayFailure | undefined
}

/** `public.` is left out, since everything is in public. */
const named = (kind: string, identity: string): string => `${kind} ${identity.replaceAll(/\bpublic\./g, '')}`

interface RawReport {
  readonly events: readonly (Omit<Change, 'object'> & { readonly kind: string; readonly identity: string })[]
  readonly objects: readonly (Omit<DescribedObject, 'object'> & { readonly kind: string; readonly name: string })[]
}

/** The recorder's own schema and triggers; a trigger is dropped together with its table. */
const OWN = /\bveza_check(_rows)?\b/

export function toReport(answer: QueryResult): StepRecord {
  const { events, objects } = answer.rows[0].report as RawReport
  return {
    changes: events
      .filter(({ identity }) => !OWN.test(identity))
      .map(({ kind, identity, key, ...change }) => {
        // PostgreSQL reports a column with the id of its table, so the column gets its own key here.
        return { ...change, object: named(kind, identity), key: kind === 'table column' ? `${key}:${identity}` : key }
      }),
    objects: objects.map(({ kind, name, ...described }) => ({ ...described, object: named(kind, name) })),
  }
}
