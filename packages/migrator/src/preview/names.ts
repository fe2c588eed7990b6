/**
 * Under which names the database has the objects that a down speaks of: a statement that comes behind a rename uses the new name, and the
 * database still has the old one. What the down itself creates is not in the database at all. Pure.
 */
import type { ObjectName } from '../sql/effect.ts'

type Space = 'relation' | 'type' | 'function' | 'column'

/** Tables, views, sequences and indexes share one name space (PostgreSQL manual, pg_class.relname). */
export function spaceOf(kind: string): Space {
  if (kind === 'type' || kind === 'domain') return 'type'
  return ['function', 'procedure', 'routine', 'aggregate'].includes(kind) ? 'function' : 'relation'
}

export class Names {
  /** Null: the database has no object that the down means by this name. */
  readonly #now = new Map<string, string | null>()

  /** The name in the database; null if the down made the object itself. */
  find(space: Space, { schema = 'public', name }: ObjectName): ObjectName | null {
    const known = this.#now.get(key(space, schema, name))
    return known === null ? null : { schema, name: known ?? name }
  }

  column(table: ObjectName | null, name: string): string | null {
    return table && (this.find('column', { schema: within(table), name })?.name ?? null)
  }

  rename(space: Space, { schema = 'public', name }: ObjectName, to: string): void {
    const known = this.#now.get(key(space, schema, name))
    this.#now.set(key(space, schema, to), known === undefined ? name : known)
    this.#now.set(key(space, schema, name), null)
  }

  renameColumn(table: ObjectName, name: string, to: string): void {
    this.rename('column', { schema: within(table), name }, to)
  }

  /** From now on the name means something that the database does not have yet. */
  make(space: Space, { schema = 'public', name }: ObjectName): void {
    this.#now.set(key(space, schema, name), null)
  }
}

const key = (space: Space, schema: string, name: string): string => JSON.stringify([space, schema, name])
const within = ({ schema, name }: ObjectName): string => JSON.stringify([schema ?? 'public', name])
