/** Names, literals and comments as PostgreSQL reads them. */
import pg from 'pg'

/** Lower-case names need no quotes, but for keywords: quoting those that PostgreSQL reserves is what makes the rest readable. */
const PLAIN = /^[a-z_][a-z0-9_]*$/
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate collation column
concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp
current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in
initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset
on only or order outer overlaps placing primary references returning right select session_user similar some symmetric system_user
table tablesample then to trailing true union unique user using variadic verbose when where window with`.split(/\s+/),
)

export const quoteName = (name: string): string =>
  PLAIN.test(name) && !RESERVED.has(name) ? name : pg.escapeIdentifier(name)

/** COMMENT ON, or nothing where there is none. */
export function comment(kind: string, name: string, words: string | null): string {
  return words === null ? '' : `COMMENT ON ${kind.toUpperCase()} ${name} IS ${pg.escapeLiteral(words)};\n`
}

const WIDTH = 100

/** `-- table users -----...`: what a reader looks for when scrolling. */
export const title = (words: string): string => `-- ${words} ${'-'.repeat(Math.max(2, WIDTH - words.length))}\n`
