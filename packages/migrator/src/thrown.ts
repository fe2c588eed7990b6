/**
 * What somebody threw, in words. JavaScript lets a migration throw anything: a text, nothing, an object, an error whose message cannot even
 * be read. Whatever it is, the person has to see it as it is, and this must not fail.
 */
import { inspect, types } from 'node:util'

const DEEPEST = 3
const MOST = 5
const LONGEST = 500

export function thrownText(thrown: unknown): string {
  try {
    return isError(thrown) ? errorWords(thrown, 0) : `${shown(thrown)} was thrown, which is no Error`
  } catch (trouble) {
    return `an error was thrown that cannot be read: ${isError(trouble) ? shown(trouble) : String(trouble)}`
  }
}

/** Also one of another realm (a `vm` context), whose class is not the Error of this one. */
const isError = (value: unknown): value is Error => types.isNativeError(value) || value instanceof Error

function errorWords(error: Error, depth: number): string {
  const { message } = error
  const words = typeof message === 'string' && message !== '' ? message : `${error.name} without a message`
  if (depth >= DEEPEST) return words
  return words + causeWords(error, words, depth) + partWords(error, depth)
}

/** The cause, unless the message repeats it already. */
function causeWords({ cause }: Error, words: string, depth: number): string {
  if (cause === undefined) return ''
  const why = isError(cause) ? errorWords(cause, depth + 1) : shown(cause)
  return words.includes(why) ? '' : ` (cause: ${why})`
}

function partWords(error: Error & { errors?: unknown }, depth: number): string {
  if (!Array.isArray(error.errors)) return ''
  const parts = error.errors.slice(0, MOST).map((one) => (isError(one) ? errorWords(one, depth + 1) : shown(one)))
  return ` (${parts.join('; ')}${error.errors.length > MOST ? '; ...' : ''})`
}

function shown(value: unknown): string {
  const text = inspect(value, {
    depth: 1,
    breakLength: Number.POSITIVE_INFINITY,
    customInspect: false,
    maxArrayLength: 10,
  })
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
}
