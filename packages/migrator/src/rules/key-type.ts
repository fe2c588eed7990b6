/** Types of keys and of the columns that reference them. Pure. */
import type { Catalog, Column, Table } from '../catalog/types.ts'
import { columnOf, typeName } from './subject.ts'

/** Domains may be made of domains; a catalogue that says that they go round in a circle is not followed for ever. */
const DEEPEST = 8

/** A type without its length: `character varying(36)` and `character varying` are the same here. An array is a type of its own. */
const bare = (type: string): string => type.replace(/\(\d+(,\d+)?\)(?!\S)/, '')

/** The type that a domain stands for, through domains of domains; any other type is returned as it is, without its length. */
export function baseTypes(catalog: Catalog): (type: string) => string {
  const domains = new Map(
    catalog.types.flatMap((type) => (type.kind === 'domain' ? [[typeName(catalog, type), type.definition]] : [])),
  )
  return (type) => {
    let base = type
    for (let depth = 0; depth < DEEPEST && domains.has(base); depth += 1) base = domainBase(domains.get(base)!)
    return bare(base)
  }
}

/** The definition of a domain begins with its type; NOT NULL, DEFAULT and its checks, each with a name, follow. */
const domainBase = (definition: string): string =>
  /^(character varying|double precision|timestamp with(out)? time zone|time with(out)? time zone)(\(\d+\))?|^("[^"]*"|[\w.])+(\(\d+(,\d+)?\))?/.exec(
    definition,
  )?.[0] ?? definition

const INTEGERS = new Set(['smallint', 'integer', 'bigint'])
const TEXTS = new Set(['text', 'character varying'])

export type KeyFamily = 'uuid' | 'integer' | 'text'

/** The family of a base type that keys are made of; undefined for any other type. */
export const keyFamily = (base: string): KeyFamily | undefined =>
  base === 'uuid' ? 'uuid' : INTEGERS.has(base) ? 'integer' : TEXTS.has(base) ? 'text' : undefined

/** A text of the length of a uuid that is written out: 32 digits and 4 hyphens. */
export const isUuidText = (type: string): boolean => /^character( varying)?\(36\)$/.test(type)

/** The columns that a foreign key can refer to alone: first the primary key, then what is unique otherwise, each over all rows. */
export function singleKeys(table: Table): Column[] {
  const deferrable = table.constraints
    .filter(({ definition }) => / DEFERRABLE/.test(definition))
    .map(({ name }) => name)
  const unique = table.indexes.filter(
    ({ unique, valid, predicate, keys, constraint }) =>
      unique && valid && predicate === null && keys.length === 1 && !deferrable.includes(constraint ?? ''),
  )
  const primaryFirst = unique.toSorted((a, b) => Number(b.primary) - Number(a.primary))
  return primaryFirst.flatMap(({ keys }) => columnOf(table, keys[0]) ?? [])
}

export const primaryKey = (table: Table): readonly string[] =>
  table.constraints.find(({ kind }) => kind === 'primary key')?.columns ?? []
