/**
 * How a migration writes down its tables, so that the right thing is the short thing: pick a kind (`resource`, `record`,
 * `appendOnly`), say the table's own columns and indexes. Ids, time columns, names, triggers and comments follow.
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
