/** Which migration made the object that two catalogues differ in. Pure. */
import type { CatalogDifference } from '../catalog/difference.ts'
import type { Maker, ObjectKind } from './makers.ts'

/** Those that are noted by themselves. Anything else was made with its table, or it is not known by whom. */
const KINDS: Readonly<Partial<Record<CatalogDifference['kind'], ObjectKind>>> = {
  table: 'relation',
  view: 'relation',
  sequence: 'relation',
  index: 'relation',
  column: 'column',
  constraint: 'constraint',
  trigger: 'trigger',
  function: 'function',
  type: 'type',
}

/** The kinds whose names are unique only in their table. */
const PARTS: ReadonlySet<ObjectKind> = new Set(['column', 'constraint', 'trigger'])

/** Who made the object, or the table that it belongs to. For a comment, an owner or a grant: who made what it is about. */
export function makerOf(
  { kind, of, table, name }: Pick<CatalogDifference, 'kind' | 'of' | 'table' | 'name'>,
  find: (kind: ObjectKind, ...name: string[]) => Maker | undefined,
): Maker | undefined {
  const own = KINDS[of ?? kind]
  const made = own && (PARTS.has(own) && table !== null ? find(own, table, name) : find(own, name))
  return made ?? (table === null ? undefined : find('relation', table))
}
