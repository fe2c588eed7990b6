/** The parts of a schema.sql between its definitions: comments on objects, and titles. */
import { textLiteral } from '../sql/literal.ts'

/** The COMMENT ON statement; empty where there is no comment. */
export function comment(kind: string, name: string, words: string | null): string {
  return words === null ? '' : `COMMENT ON ${kind.toUpperCase()} ${name} IS ${textLiteral(words)};\n`
}

const WIDTH = 100

/** A line that a reader can find when scrolling: `-- table users -----...`. */
export const title = (words: string): string => `-- ${words} ${'-'.repeat(Math.max(2, WIDTH - words.length))}\n`
