/**
 * The PostgreSQL keywords that quote_ident() puts in quotes: three categories of pg_get_keywords(). The list is that of PostgreSQL 18,
 * which has all keywords of 15 to 17. A keyword that an older server does not know yet is quoted here and not there, which means the same.
 * sql/names.test.ts compares the list with the server's.
 */

/** Keywords that cannot name a function or type: category C, "unreserved (cannot be function or type name)". */
const COLUMN_NAME = `
  between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int
  integer interval json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
  json_serialize json_table json_value least merge_action national nchar none normalize nullif numeric out overlay
  position precision real row setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat
  xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`

/** Keywords that cannot name a table or column: category T, "reserved (can be function or type name)". */
const TYPE_OR_FUNCTION_NAME = `
  authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left like
  natural notnull outer overlaps right similar tablesample verbose`

/** Category R, "reserved". */
const RESERVED = `
  all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
  current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc distinct
  do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit
  localtime localtimestamp not null offset on only or order placing primary references returning select session_user
  some symmetric system_user table then to trailing true union unique user using variadic when where window with`

/** The keywords of each pg_get_keywords().catcode. */
export const KEYWORDS: Readonly<Record<'C' | 'T' | 'R', readonly string[]>> = {
  C: COLUMN_NAME.trim().split(/\s+/),
  T: TYPE_OR_FUNCTION_NAME.trim().split(/\s+/),
  R: RESERVED.trim().split(/\s+/),
}

/** The major version that put a keyword into its category, if that was after 15. */
export const SINCE: Readonly<Record<string, number>> = {
  json_array: 16,
  json_arrayagg: 16,
  json_object: 16,
  json_objectagg: 16,
  system_user: 16,
  json: 17,
  json_exists: 17,
  json_query: 17,
  json_scalar: 17,
  json_serialize: 17,
  json_table: 17,
  json_value: 17,
  merge_action: 17,
}

const ALL = new Set(Object.values(KEYWORDS).flat())

export const mustBeQuoted = (name: string): boolean => ALL.has(name)
