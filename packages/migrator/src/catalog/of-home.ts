import { HOME } from './place.ts'
import type { Catalog } from './types.ts'

/** What of a catalogue stands beside V1: V1 has one schema, and the home schema is in its place. */
export function ofHome(catalog: Catalog): Catalog {
  const { home = HOME, tables, views, functions, types, sequences, objects } = catalog
  const own = <T extends { schema?: string }>(all: readonly T[]) => all.filter(({ schema = HOME }) => schema === home)
  const names = new Set(own(tables).map(({ name }) => name))
  return {
    ...catalog,
    tables: own(tables),
    views: own(views),
    functions: own(functions),
    types: own(types),
    sequences: own(sequences),
    ...(objects && { objects: objects.filter(({ table }) => table === null || names.has(table)) }),
  }
}
