/**
 * Which schemas a reading is about. Every query over the catalogue has them as its parameter $1, the home schema first; the names are looked
 * up once in a query, without any right to use them.
 */
export const isWanted = (namespace: string): string =>
  `${namespace} = any (array(select n.oid from pg_catalog.pg_namespace n where n.nspname = any ($1::text[])))`

/** The name of the schema with this oid. */
export const schemaOf = (namespace: string): string =>
  `(select n.nspname::text from pg_catalog.pg_namespace n where n.oid = ${namespace})`

/** For `order by`: the home schema first, the others in the order in which they were asked for. */
export const placeOfSchema = (namespace: string): string => `array_position($1::text[], ${schemaOf(namespace)})`
