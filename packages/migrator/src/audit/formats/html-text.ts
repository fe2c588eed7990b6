/**
 * Text that may hold anything → text inside HTML. What would be markup is escaped, and a character that nobody sees, or that turns the
 * direction of writing around, is shown as an escape such as `\x1b`. Pure.
 */
import { printableText } from './printable.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Safe between tags and inside a quoted attribute. */
export const htmlText = (words: string): string =>
  printableText(words).replace(/[&<>"']/g, (character) => ENTITIES[character]!)

/** JSON that may stand inside a `script`: nothing in it ends the element or opens a comment. */
export const htmlJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
