/** Names can hold control characters, which a terminal obeys: this shows them as escapes instead. Pure. */

import { printableLines } from '../../printable.ts'

/** A control character becomes an escape such as `\x1b`; line ends and tabs, which occur in definitions, become one space. */
export const printableText = (words: string): string => printableLines(words.replace(/[\r\n\t]+/g, ' '))

/** A copy of the value with all strings printable. Objects of a class, such as Date, stay as they are. */
export function printable<T>(value: T): T {
  if (typeof value === 'string') return printableText(value) as T
  if (Array.isArray(value)) return value.map(printable) as T
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, printable(own)])) as T
}
