/** What a recorded replay knows of each migration: the raw material of the proofs. Parsed once from what the database reports. */
import type { QueryResult } from 'pg'
import type { Planned } from '../workspace/workspace.ts'

/** One object created, altered or dropped, or one table whose rows a statement set out to change. */
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
  /** Catalogue and object id of the object itself: what stays when it is renamed. */
  readonly key: string
  /** Of the table, view, function or type that it belongs to; the same for those. */
  readonly root: string
}

/** A table, view, function, type or the like, with all that belongs to it. */
export interface Described {
  readonly key: string
  /** `table users`. */
  readonly object: string
  readonly lines: readonly string[]
  /** Keys of the roots that it refers to. */
  readonly references: readonly string[]
  /** Of a function whose body PostgreSQL keeps as text. */
  readonly body: string | null
}

export interface Report {
  readonly changes: readonly Change[]
  readonly objects: readonly Described[]
}

/** An object that `down` left other than `up` found it. Lines that are on both sides are left out. */
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
  /** Of up and down. */
  readonly changes: readonly Change[]
  /** What up touched and did not drop, as it then stood. */
  readonly objects: readonly Described[]
  readonly reverting: Reverting
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
  /** Where it ended before its time. */
  readonly failure: ReplayFailure | undefined
}

/** `public.` says nothing where everything is in public. */
const named = (kind: string, identity: string): string => `${kind} ${identity.replaceAll(/\bpublic\./g, '')}`

interface RawReport {
  readonly events: readonly (Omit<Change, 'object'> & { readonly kind: string; readonly identity: string })[]
  readonly objects: readonly (Omit<Described, 'object'> & { readonly kind: string; readonly name: string })[]
}

/** Our own trigger goes with its table. */
const OWN = /\bveza_check(_rows)?\b/

export function toReport(answer: QueryResult): Report {
  const { events, objects } = answer.rows[0].report as RawReport
  return {
    changes: events
      .filter(({ identity }) => !OWN.test(identity))
      .map(({ kind, identity, key, ...change }) => {
        // A column goes by the id of its table, and is still not the table.
        return { ...change, object: named(kind, identity), key: kind === 'table column' ? `${key}:${identity}` : key }
      }),
    objects: objects.map(({ kind, name, ...described }) => ({ ...described, object: named(kind, name) })),
  }
}
