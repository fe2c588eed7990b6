/** The text of a migration → its first comment that says something to a person. Pure. */
import { tokens } from '../sql/lexer.ts'

/** What goose, dbmate, sql-migrate and node-pg-migrate write to mark the two halves of a file. */
const MARK = /^(?:\+(?:goose|migrate)\b|migrate:(?:up|down)\b|(?:up|down) migration$)/i

/** The first comment line that has words, before or between the statements; without the dashes and stars around it. */
export function firstComment(sql: string): string | null {
  for (const { kind, text } of tokens(sql)) {
    if (kind !== 'comment') continue
    const lines = text.startsWith('--') ? [text.replace(/^[-\s]+/, '')] : blockLines(text)
    const words = lines
      .map((line) => line.trim())
      .find((line) => line !== '' && !/^[=#*]/.test(line) && !MARK.test(line))
    if (words !== undefined) return words
  }
  return null
}

const blockLines = (comment: string): string[] =>
  comment
    .slice('/*'.length)
    .replace(/\*\/$/, '')
    .split(/[\r\n]/)
    .map((line) => line.replace(/^[\s*]+/, ''))
