/** What the foreign keys are, and which columns look like references and are none. Pure. */
import { HOME } from '../../catalog/place.ts'
import type { ReferentialAction, Table } from '../../catalog/types.ts'
import { fkIndex } from '../../rules/fk-index.ts'
import { columnOf, type Subject } from '../../rules/subject.ts'
import { type Share, shareOf } from './share.ts'

export interface ReferenceFigures {
  /** Foreign keys by what a delete does; `no action` also where nothing was said, which PostgreSQL does not tell apart. */
  readonly onDelete: Readonly<Record<ReferentialAction, number>>
  /** Foreign keys without ON DELETE (NO ACTION), of all. */
  readonly withoutOnDelete: Share
  /** Foreign keys that no index serves, of all. */
  readonly withoutIndex: Share
  /** Foreign keys with a column that is no uuid, of all. */
  readonly notUuid: Share
  /** Foreign keys into a schema other than that of their table, of all. */
  readonly acrossSchemas: Share
  /** Columns named like a reference (`user_id`, `userId`, `user_uuid`) without a foreign key, of all that are named so. */
  readonly withoutForeignKey: Share
}

const LIKE_REFERENCE = /(_id|_uuid|[a-z0-9]Id)$/

export function referenceFigures(subject: Subject): ReferenceFigures {
  const { tables } = subject
  const keys = tables.flatMap((table) =>
    table.constraints.flatMap(({ kind, columns, references }) =>
      kind === 'foreign key' && references !== null ? { table, columns, to: references } : [],
    ),
  )
  const by = (action: ReferentialAction) => keys.filter(({ to }) => to.onDelete === action).length
  const unserved = [...fkIndex.find(subject)].length
  return {
    onDelete: {
      'no action': by('no action'),
      restrict: by('restrict'),
      cascade: by('cascade'),
      'set null': by('set null'),
      'set default': by('set default'),
    },
    withoutOnDelete: { count: by('no action'), of: keys.length },
    withoutIndex: { count: unserved, of: keys.length },
    notUuid: shareOf(keys, ({ table, columns }) => columns.some((name) => columnOf(table, name)?.type !== 'uuid')),
    acrossSchemas: shareOf(keys, ({ table: { schema = HOME }, to }) => to.schema !== schema),
    withoutForeignKey: shareOf(tables.flatMap(referring), ({ isBound }) => !isBound),
  }
}

/** The columns of a table that are named like references. A column that is the whole primary key names its own row: `film_id`. */
function referring({ columns, constraints }: Table): { readonly isBound: boolean }[] {
  const key = constraints.find(({ kind }) => kind === 'primary key')?.columns ?? []
  const bound = new Set(constraints.filter(({ kind }) => kind === 'foreign key').flatMap((one) => one.columns))
  return columns
    .filter(({ name }) => LIKE_REFERENCE.test(name))
    .map(({ name }) => ({ isBound: bound.has(name), isKey: key.length === 1 && key[0] === name }))
    .filter(({ isBound, isKey }) => isBound || !isKey)
}
