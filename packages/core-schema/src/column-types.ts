/**
 * What a column gives and takes, as node-postgres 8 does it without parsers of its own. `tables.generated.ts` of every domain is written
 * in these words, so each is said once. A type of your own may be built on them; they add nothing at run time.
 *
 * Not listed because they are what they look like, both ways: boolean; integer and smallint (`number`); text, uuid and inet (`string`);
 * text[] (`string[]`).
 */
import type { ColumnType, InsertType, SelectType, UpdateType } from 'kysely'

/** A column with a default: it may be left out of an insert. Keeps what `T` gives and takes, `null` included. */
export type Generated<T> = ColumnType<SelectType<T>, InsertType<T> | undefined, UpdateType<T>>

/** A column that PostgreSQL alone writes (GENERATED ALWAYS): read it, never insert or update it. */
export type GeneratedAlways<T> = ColumnType<SelectType<T>, never, never>

/**
 * timestamptz. Read: a `Date`, which holds milliseconds where PostgreSQL holds microseconds: page by comparing in SQL, not with a date
 * that was read before. ('infinity', which V1 never writes, would arrive as the number Infinity.)
 * Written: a `Date`, or a text that PostgreSQL understands, such as an ISO 8601 one with its offset.
 */
export type Timestamp = ColumnType<Date, Date | string>

/** bigint. Read: a string of digits, since a JavaScript number is exact to 2^53 only. Written: that, a whole number or a bigint. */
export type Int8 = ColumnType<string, string | number | bigint>

/** numeric. Read: a string with all its digits ('120.50'). Written: that, or a number. */
export type Numeric = ColumnType<string, string | number>

/**
 * interval. Read: an object of its parts, those that are zero left out. Written: that, or a text that PostgreSQL understands, such as
 * '2 hours'.
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

/** An array of one of these types, such as bigint[]. Of numeric[] node-postgres makes numbers: no column should be one. */
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
