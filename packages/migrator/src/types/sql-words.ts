/** What stands around the statements of a schema.sql: comments on objects, and titles. */
import { textLiteral } from '../sql/literal.ts'

/** COMMENT ON, or nothing where there is none. */
export function comment(kind: string, name: string, words: string | null): string {
  return words === null ? '' : `COMMENT ON ${kind.toUpperCase()} ${name} IS ${textLiteral(words)};\n`
}

const WIDTH = 100

/** `-- table users -----...`: what a reader looks for when scrolling. */
export const title = (words: string): string => `-- ${words} ${'-'.repeat(Math.max(2, WIDTH - words.length))}\n`
