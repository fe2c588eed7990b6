/** Parameters of statements as JSON, and back as the same values: what is not JSON's own type gets a name in front of it. */
import { UnknownParameterError } from '../sql/errors.ts'

/** `null`, true, a text or a number stand for themselves; every other value is `[type, value]`. */
export type Kept = null | boolean | string | number | readonly [type: string, value: unknown]

/** Throws UnknownParameterError for a value whose class would be lost. `owner`: the migration's id. */
export function kept(value: unknown, owner: string): Kept {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : ['number', String(value)]
  if (typeof value === 'bigint') return ['bigint', String(value)]
  if (value instanceof Date) return ['date', value.toISOString()]
  if (Buffer.isBuffer(value)) return ['bytes', value.toString('base64')]
  if (value instanceof Uint8Array) return ['uint8', Buffer.from(value).toString('base64')]
  if (Array.isArray(value)) return ['array', value.map((item) => kept(item, owner))]
  const prototype = Object.getPrototypeOf(value)
  if (typeof value === 'object' && (prototype === Object.prototype || prototype === null)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    return ['object', entries.map(([name, item]) => [name, kept(item, owner)])]
  }
  throw new UnknownParameterError({ id: owner, type: prototype?.constructor?.name ?? typeof value })
}

export function revived(stored: Kept): unknown {
  if (!Array.isArray(stored)) return stored
  const [type, value] = stored as readonly [string, any]
  switch (type) {
    case 'number':
      return Number(value)
    case 'bigint':
      return BigInt(value)
    case 'date':
      return new Date(value)
    case 'bytes':
      return Buffer.from(value, 'base64')
    case 'uint8':
      return new Uint8Array(Buffer.from(value, 'base64'))
    case 'array':
      return value.map(revived)
    default:
      return Object.fromEntries(value.map(([name, item]: [string, Kept]) => [name, revived(item)]))
  }
}
