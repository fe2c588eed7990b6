/** Which migration made the object that two catalogues differ in. Pure. */
import type { CatalogDifference } from '../catalog/compare.ts'
import type { Maker, ObjectKind } from './makers.ts'

/** Policies and rules are not in this list: their maker is the maker of their table. */
const KINDS: Readonly<Record<Exclude<CatalogDifference['kind'], 'policy' | 'rule'>, ObjectKind>> = {
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

/** Who made the object, or the table that it belongs to. */
export function makerOf(
  { kind, table, name }: CatalogDifference,
  find: (kind: ObjectKind, ...name: string[]) => Maker | undefined,
): Maker | undefined {
  if (kind === 'policy' || kind === 'rule') return find('relation', table!)
  const isPart = kind === 'column' || kind === 'constraint' || kind === 'trigger'
  const own = isPart ? find(KINDS[kind], table!, name) : find(KINDS[kind], name)
  return own ?? (table === null ? undefined : find('relation', table))
}
