/**
 * Which values a column returns and accepts with node-postgres 8 and its default type parsers. The `tables.generated.ts` of every domain
 * uses these types. You may build your own types on them; they add nothing at run time.
 *
 * Types that are read and written alike need no entry: boolean; integer and smallint (`number`); text, uuid and inet (`string`);
 * text[] (`string[]`).
 */
import type { ColumnType, InsertType, SelectType, UpdateType } from 'kysely'

/** A column with a default: an insert may leave it out. Otherwise the same as `T`, `null` included. */
export type Generated<T> = ColumnType<SelectType<T>, InsertType<T> | undefined, UpdateType<T>>

/** A column that PostgreSQL alone writes (GENERATED ALWAYS): read it, never insert or update it. */
export type GeneratedAlways<T> = ColumnType<SelectType<T>, never, never>

/**
 * timestamptz. Read: a `Date`, which holds only milliseconds, while PostgreSQL holds microseconds. So for paging compare times in SQL, not
 * with a date that was read before. ('infinity', which V1 never writes, would be read as the number Infinity.)
 * Written: a `Date`, or a text that PostgreSQL understands, such as an ISO 8601 one with its offset.
 */
export type Timestamp = ColumnType<Date, Date | string>

/** bigint. Read: a string of digits, since a JavaScript number is exact only to 2^53. Written: a string, a whole number or a bigint. */
export type Int8 = ColumnType<string, string | number | bigint>

/** numeric. Read: a string with all its digits ('120.50'). Written: such a string, or a number. */
export type Numeric = ColumnType<string, string | number>

/**
 * interval. Read: an object of its parts, without those that are zero. Written: such an object, or a text that PostgreSQL understands, such
 * as '2 hours'.
 */
export type Interval = ColumnType<IntervalParts, IntervalParts | string>

export interface IntervalParts {
  years?: number
  months?: number
  days?: number
  hours?: number
  minutes?: number
  seconds?: number
  milliseconds?: number
  toPostgres(): string
}

/** point. Read: an object. Written: a text, '(1,2)'; node-postgres would send an object as JSON, which PostgreSQL refuses. */
export type Point = ColumnType<{ x: number; y: number }, string>

/** circle. Read: an object. Written: a text, '<(1,2),3>'. */
export type Circle = ColumnType<{ x: number; y: number; radius: number }, string>

/** An array of one of these types, such as bigint[]. Do not use numeric[]: node-postgres reads its elements as numbers. */
export type ArrayType<T> = ColumnType<SelectType<T>[], InsertType<T>[], UpdateType<T>[]>

/**
 * json and jsonb. Read: the parsed value. Written: an object, or the JSON as text. Not an array and not a bare string: node-postgres
 * sends an array as a PostgreSQL array and a string as it is; write those as `JSON.stringify(value)`.
 */
export type Json = ColumnType<JsonValue, JsonObject | string>

export type JsonPrimitive = boolean | null | number | string
export type JsonArray = JsonValue[]
export type JsonObject = { [key: string]: JsonValue | undefined }
export type JsonValue = JsonArray | JsonObject | JsonPrimitive
