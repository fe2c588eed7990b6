/**
 * A statement with its parameters written into it. The run sends each parameter as text without a type, and PostgreSQL takes the type from
 * the place where the parameter stands. PostgreSQL reads a quoted literal in the same way, so every parameter becomes a quoted literal,
 * whatever its JavaScript type is.
 */
import pg from 'pg'
import type { Statement } from '../statement.ts'
import { UnknownParameterError } from './errors.ts'
import { tokens } from './lexer.ts'

/** Throws UnknownParameterError. `id` is the migration's, for the message. */
export function inlined({ sql, parameters }: Statement, id: string): string {
  if (parameters.length === 0) return sql
  return tokens(sql)
    .map(({ kind, text }) => (kind === 'parameter' ? literal(parameters[Number(text.slice(1)) - 1], id) : text))
    .join('')
}

function literal(value: unknown, id: string): string {
  const text = asText(value, id)
  return text === null ? 'NULL' : textLiteral(text)
}

/** `'it''s'`. Text with backslashes becomes E'' with doubled backslashes, which every setting of the server reads in the same way. */
export const textLiteral = (text: string): string => pg.escapeLiteral(text).trimStart()

/** The text that pg sends; null stands for NULL. A time is in UTC, so that the result does not depend on the machine's time zone. */
function asText(value: unknown, id: string): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return `{${value.map((element) => arrayElement(element, id)).join(',')}}`
  const prototype = Object.getPrototypeOf(value as object)
  if (typeof value === 'object' && (prototype === Object.prototype || prototype === null)) return JSON.stringify(value)
  throw new UnknownParameterError({ id, type: prototype?.constructor?.name ?? typeof value })
}

function arrayElement(value: unknown, id: string): string {
  if (Array.isArray(value)) return asText(value, id) as string
  const text = asText(value, id)
  return text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
