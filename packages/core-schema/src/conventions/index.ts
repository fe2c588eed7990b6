/**
 * How a migration declares its tables: choose a kind (`resource`, `record`, `appendOnly`) and name the table's own columns and indexes.
 * The conventions add the id, the time columns, the names, the triggers and the comments.
 */
export {
  bigint,
  boolean,
  Column,
  currentTimestamp,
  type Default,
  inet,
  integer,
  jsonb,
  numeric,
  type OnDelete,
  oneOf,
  references,
  sha256,
  smallint,
  text,
  textArray,
  timestamptz,
  uuid,
} from './column.ts'
export type { Definition } from './definition.ts'
export { appendOnly, dropTables, record, resource } from './table.ts'
export { index, live, TableIndex, uniqueIndex } from './table-index.ts'
