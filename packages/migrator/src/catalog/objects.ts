/** What belongs to no table and is no view, routine, type or sequence. One file has the query of each kind; all answer with the same columns. */
import type { QueryResultRow } from 'pg'
import { unqualified } from '../sql/unqualified.ts'
import { type Statement, statement } from '../statement.ts'
import { casts } from './casts.ts'
import { defaultPrivileges } from './default-privileges.ts'
import { eventTriggers } from './event-triggers.ts'
import { extensions } from './extensions.ts'
import { placeOf } from './place.ts'
import { database, schemas } from './places.ts'
import { publications } from './publications.ts'
import { rarities } from './rarities.ts'
import { statistics } from './statistics.ts'
import { storedSettings } from './stored-settings.ts'
import type { DatabaseObject } from './types.ts'

/** `major`: that of the server. `wanted`: as the other queries take it, the schemas that are read. */
export const objectQueries = (major: number, wanted: readonly string[]): Statement[] => [
  statement(extensions),
  statement(statistics, wanted),
  ...[publications(major), eventTriggers, casts, storedSettings, schemas, database, defaultPrivileges, rarities].map(
    (sql) => statement(sql),
  ),
]

export function toDatabaseObject(row: QueryResultRow, home: string): DatabaseObject {
  const { kind, name, table_schema: schema, table_name: table, definition, comment, extension } = row
  const short = (words: string) => unqualified(words, home)
  return {
    kind,
    name: short(name),
    table: table === null ? null : placeOf({ schema, name: table }, home),
    // The value of a setting is no SQL.
    definition: kind === 'setting' ? definition : short(definition),
    comment,
    extension,
    ...(row.owner !== undefined && { owner: row.owner, grants: row.grants }),
    ...(row.dependents !== undefined && { dependents: row.dependents.map(short) }),
  }
}
