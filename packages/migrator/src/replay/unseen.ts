/** Whether the maker of everything that stands in public was seen. An object that nobody owns would be left out of files and drops unnoticed. */
import type { Catalog } from '../catalog/types.ts'
import { UnseenMakerError } from './errors.ts'
import type { Makers, ObjectKind } from './makers.ts'

/** What an extension brought is the extension's. Throws UnseenMakerError. */
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
