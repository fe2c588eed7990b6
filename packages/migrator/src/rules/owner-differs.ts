import { HOME, sqlName } from '../catalog/place.ts'
import type { Catalog, Owned } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { routineName, type Subject } from './subject.ts'

interface OwnedObject extends Owned {
  /** As ALTER has to name it: `TABLE users`, `ROUTINE f(integer)`. */
  readonly named: string
  readonly kind: string
  readonly table: string | null
}

export const ownerDiffers: Rule = {
  name: 'owner-differs',
  severity: 'warning',
  confidence: 'medium',
  stake: 'outage',
  summary: 'All objects of a schema have one owner.',
  consequence:
    'Only its owner may alter or drop an object: a migration that runs as the owner of the others stops at this one with “must be owner of”.',

  *find({ catalog, place }) {
    const owned = objectsOf(catalog, place).filter(({ owner }) => owner !== undefined)
    for (const objects of Map.groupBy(owned, ({ schema = HOME }) => schema).values()) {
      const owner = ownerOfMost(objects)
      if (owner === undefined) continue
      for (const object of objects) {
        if (object.owner === owner) continue
        yield {
          table: object.table,
          column: null,
          found: `${object.table === null ? object.named.replace(/^[A-Z ]+ /, (kind) => kind.toLowerCase()) : object.kind} is owned by ${object.owner}`,
          expected: `owner ${owner}, as most of the ${objects.length} objects of the schema have`,
          remedy: `ALTER ${object.named} OWNER TO ${quoted(owner)}`,
          pattern: `${object.kind}s owned by ${object.owner}`,
        }
      }
    }
  },
}

/**
 * What the owner decides for itself. A sequence of a column always has its table's owner; a function with its owner's rights may have an owner
 * of its own on purpose.
 */
function objectsOf({ tables, views, functions, types, sequences }: Catalog, place: Subject['place']) {
  const own = <T extends { extension: string | null }>(objects: readonly T[]) =>
    objects.filter(({ extension }) => extension === null)
  return [
    ...own(tables).map(
      (one): OwnedObject => ({ ...one, kind: 'table', table: place(one), named: `TABLE ${sqlName(one)}` }),
    ),
    ...own(views).map(
      (one): OwnedObject => ({
        ...one,
        kind: 'view',
        table: null,
        named: `${one.materialized ? 'MATERIALIZED VIEW' : 'VIEW'} ${sqlName(one)}`,
      }),
    ),
    ...own(functions)
      .filter(({ securityDefiner }) => securityDefiner !== true)
      .map((one): OwnedObject => ({ ...one, kind: 'function', table: null, named: `ROUTINE ${routineName(one)}` })),
    ...own(types).map((one): OwnedObject => ({ ...one, kind: 'type', table: null, named: `TYPE ${sqlName(one)}` })),
    ...own(sequences)
      .filter(({ ownedBy }) => ownedBy === null)
      .map((one): OwnedObject => ({ ...one, kind: 'sequence', table: null, named: `SEQUENCE ${sqlName(one)}` })),
  ]
}

/** The owner of more than half of the objects; undefined where nobody has so many. */
function ownerOfMost(objects: readonly OwnedObject[]): string | undefined {
  const counts = [...Map.groupBy(objects, ({ owner }) => owner!)].map(([owner, { length }]) => ({ owner, length }))
  return counts.find(({ length }) => length * 2 > objects.length)?.owner
}
