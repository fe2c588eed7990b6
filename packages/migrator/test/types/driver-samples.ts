/** A value of each type that PostgreSQL brings, and what node-postgres makes of one, for every word of a generated type. */

/** SQL literals, by pg_type.typname; short ones, which fit any length and scale that a column may have. */
export const LITERALS: Readonly<Record<string, string>> = {
  bool: 'true',
  box: '(1,1),(0,0)',
  bpchar: 'a',
  bytea: '\\xdeadbeef',
  cidr: '10.0.0.0/8',
  circle: '<(1,2),3>',
  date: '2999-06-01',
  float4: '1.5',
  float8: '1.5',
  inet: '10.0.0.1',
  int2: '2',
  int4: '2',
  int8: '9007199254740993',
  interval: '1 day 2 hours',
  json: '{"list": [1, null]}',
  jsonb: '{"list": [1, null]}',
  line: '{1,2,3}',
  lseg: '(1,1),(0,0)',
  macaddr: '08:00:2b:01:02:03',
  money: '1.50',
  numeric: '0.50',
  oid: '2',
  path: '[(1,1),(0,0)]',
  point: '(1,2)',
  polygon: '((1,1),(0,0))',
  text: 'text',
  time: '10:00',
  timestamp: '2999-06-01T00:00:00',
  timestamptz: '2999-06-01T00:00:00Z',
  timetz: '10:00+00',
  tsquery: 'cat',
  tsvector: 'cat',
  uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
  varchar: 'a',
}

/** Undefined for a type that is not listed, such as one of an extension: a column of it is left empty. */
export function literalOf(type: string): string | undefined {
  const element = /^_(\w+)$/.exec(type)?.[1]
  if (element === undefined) return LITERALS[type]
  const one = literalOf(element)
  return one && `{${[one, one].map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}

const MATCHES: Readonly<Record<string, (value: any) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  Buffer: (value) => Buffer.isBuffer(value),
  Circle: ({ x, y, radius }) => [x, y, radius].every((part) => typeof part === 'number'),
  Int8: (value) => typeof value === 'string' && /^\d+$/.test(value),
  Interval: ({ days, hours, toPostgres }) => days === 1 && hours === 2 && typeof toPostgres === 'function',
  Json: (value) => JSON.stringify(value) === '{"list":[1,null]}',
  Numeric: (value) => typeof value === 'string' && /^\d+(\.\d+)?$/.test(value),
  Point: ({ x, y }) => [x, y].every((part) => typeof part === 'number'),
  Timestamp: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
}

/** Whether a value that the driver returned is one of the type, which is written as in `tables.generated.ts`. */
export function isOfType(value: unknown, type: string): boolean {
  const element = /^ArrayType<(.+)>$/.exec(type)?.[1] ?? /^(.+)\[\]$/.exec(type)?.[1]
  if (element !== undefined)
    return Array.isArray(value) && value.length > 0 && value.every((one) => isOfType(one, element))
  const matches = MATCHES[type]
  if (matches === undefined) throw new Error(`driver-samples.ts does not know what node-postgres makes of a ${type}.`)
  return matches(value)
}
