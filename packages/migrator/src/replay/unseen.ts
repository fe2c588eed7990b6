/** Checks that the maker of each object in public is known. Generated files and drops would silently leave out an object without one. */
import type { Catalog } from '../catalog/types.ts'
import { UnseenMakerError } from './errors.ts'
import type { Makers, ObjectKind } from './makers.ts'

/** Objects of an extension need no maker. Throws UnseenMakerError. */
export function assertAllMade(catalog: Catalog, { makerOf }: Makers): void {
  const unseen = (kind: ObjectKind, word: string, objects: readonly { name: string; extension: string | null }[]) =>
    objects
      .filter(({ name, extension }) => extension === null && makerOf(kind, name) === undefined)
      .map(({ name }) => `${word} ${name}`)
  const functions = catalog.functions.map(({ signature, extension }) => ({ name: signature, extension }))
  const objects = [
    ...unseen('relation', 'table', catalog.tables),
    ...unseen('relation', 'view', catalog.views),
    ...unseen('relation', 'sequence', catalog.sequences),
    ...unseen('function', 'function', functions),
    ...unseen('type', 'type', catalog.types),
  ]
  if (objects.length > 0) throw new UnseenMakerError({ objects })
}
