/**
 * Names of constraints, indexes and triggers by their pattern: `index_users_on_email` is `index_<table>_on_<column>`, as Rails names
 * indexes. A database has thousands of such names and few patterns. Pure.
 */
import { LONGEST_NAME_BYTES, snake } from './subject.ts'

/** What a name may be made of. */
export interface Parts {
  readonly table: string
  readonly columns: readonly string[]
  /** The table that a foreign key references. */
  readonly target?: string | undefined
}

const TABLE = '<table>'
const COLUMN = '<column>'
const STEM = '<column without _id>'
const TARGET = '<other table>'
const HASH = '<hash>'
const NUMBER = '<n>'
const REST = '...'

/** Words that say what is named. They stay in the pattern, and so does their case. */
const LABEL =
  /^(pk|pkey|primary|fk|fkey|foreign|key|uk|uc|uq|unq|uniq|unique|uidx|idx|index|ix|on|and|ck|chk|check|c|con|constraint|excl|ex|exclude|like|rails|trg|trigger|tr|tg|rel|ref)$/i

/** Which program makes such names, where it can be told. The first that fits is named; some others make the same. */
const MAKERS: readonly (readonly [pattern: RegExp, maker: string])[] = [
  [/^<table>(_pkey|(_(<column>|\.\.\.))+_(key|fkey|idx|check|excl)|_check)(<n>)?$/, "PostgreSQL's default"],
  [/^(index_<table>_on_.+|(fk|chk)_rails_<hash>|idx_on_.+_<hash>)$/, 'Rails'],
  [/^<table>(_(<column>|\.\.\.))*_<hash>(_(like|uniq|idx|check|pk|fk(_.+)?))?$/, 'Django'],
  [/^<table>_(AB_unique|B_index|AB_pkey)$|^<table>\.<column>(_unique)?$/, 'Prisma'],
  [/^(PK|FK|UQ|IDX|REL|CHK)_<hash>$/, 'TypeORM'],
  [/^(fk|uniq|idx)_<hash>$/i, 'Doctrine'],
  [/^(fk|uk|idx|uc)<hash>$|^(uk|uc)_<hash>$/i, 'Hibernate'],
  [/^(IX|FK|AK|PK)_<table>.*$/, 'Entity Framework'],
  [/^((ix|ck)_<table>_.+|fk_<table>_<column>_<other table>)$/, 'SQLAlchemy'],
  [/^<table>_<column>_(foreign|unique|index|primary)$/, 'Laravel and Knex'],
]

/** `index_<table>_on_<column>, as Rails names them`; `...` stands for words that are not from the table. */
export function namePattern(name: string, parts: Parts): string {
  const pattern = shape(name, parts)
  const maker = MAKERS.find(([fits]) => fits.test(pattern))?.[1]
  return maker === undefined ? pattern : `${pattern} (${maker})`
}

function shape(name: string, { table, columns, target }: Parts): string {
  // A foreign key may be named after what it refers to: `fk_orders_customer` on customer_id.
  const stems = columns.flatMap((column) => (target !== undefined && /_id$/i.test(column) ? column.slice(0, -3) : []))
  // Longest first, so that the column `user` does not take a part of `user_name`.
  const known: readonly (readonly [word: string, placeholder: string])[] = [
    ...both(table).map((word) => [word, TABLE] as const),
    ...columns.flatMap(both).map((word) => [word, COLUMN] as const),
    ...stems.flatMap(both).map((word) => [word, STEM] as const),
    ...(target === undefined ? [] : both(target).map((word) => [word, TARGET] as const)),
  ]
  // The table comes first in most names, and a column may be called as the table is.
  const longest = known.toSorted((a, b) => Number(b[1] === TABLE) - Number(a[1] === TABLE) || b[0].length - a[0].length)
  let pieces: readonly string[] = [withoutHash(uncut(name, table, columns).replace(/[<>]/g, '_'))]
  for (const [word, placeholder] of longest) {
    if (placeholder !== TABLE) pieces = pieces.flatMap((piece) => splitBy(piece, word, placeholder))
    else if (!pieces.includes(TABLE)) pieces = splitBy(pieces[0]!, word, placeholder, { once: true })
  }
  const words = pieces.flatMap((piece) => (piece.startsWith('<') ? [piece] : piece.split(/(?=[_. -])|(?<=[_. -])/)))
  return joined(words.map((word) => (isKept(word) ? word.replace(/\d+$/, NUMBER) : REST)))
}

/**
 * The name before PostgreSQL cut it. To make a name of at most 63 bytes it shortens the table and the columns, whichever is longer, and
 * keeps the label, with the number that tells equal names apart.
 */
function uncut(name: string, table: string, columns: readonly string[]): string {
  const [, label] = /_((?:pkey|fkey|key|idx|check|excl)\d*)$/.exec(name) ?? []
  if (label === undefined || name.length < LONGEST_NAME_BYTES) return name
  const whole = label.startsWith('pkey') ? '' : columns.join('_')
  let [first, second] = [table.length, Math.min(whole.length, LONGEST_NAME_BYTES)]
  const room = LONGEST_NAME_BYTES - label.length - (whole === '' ? 1 : 2)
  while (first + second > room) {
    if (first > second) first -= 1
    else second -= 1
  }
  const cut = [table.slice(0, first), whole.slice(0, second), label].filter(Boolean).join('_')
  return cut === name ? [table, whole, label].filter(Boolean).join('_') : name
}

const both = (word: string): string[] => [...new Set([word, snake(word)])].filter((one) => one !== '')

/** A hash has at least eight digits of base 16 and is a word of its own, or stands right after Hibernate's fk, uk or idx. */
function withoutHash(name: string): string {
  if (/^(fk|uk|uc|idx)_?(?=[a-z]*\d)[a-z0-9]{20,}$/i.test(name))
    return name.replace(/^(fk|uk|uc|idx)(_?).*/i, `$1$2${HASH}`)
  return name.replace(/(?<=^|_)(?=[a-f]*\d)[0-9a-f]{8,}(?=$|_)/gi, HASH)
}

/** Cuts out the word where it stands alone between separators, and puts the placeholder there. */
function splitBy(piece: string, word: string, placeholder: string, { once = false } = {}): string[] {
  if (piece.startsWith('<'))
    return piece === piece.match(/^<[^>]*>/)?.[0] ? [piece] : splitHash(piece, word, placeholder)
  const at = piece.toLowerCase().indexOf(word.toLowerCase())
  if (at < 0) return [piece]
  const [before, after] = [piece.slice(0, at), piece.slice(at + word.length)]
  const stands = /(^|[_. -])$/.test(before) && /^([_. -]|$)/.test(after)
  if (!stands) return [piece]
  return [before, placeholder, ...(once ? [after] : splitBy(after, word, placeholder))].filter((one) => one !== '')
}

/** A piece that begins with the placeholder of a hash, and goes on. */
function splitHash(piece: string, word: string, placeholder: string): string[] {
  const end = piece.indexOf('>') + 1
  return [piece.slice(0, end), ...splitBy(piece.slice(end), word, placeholder)]
}

const isKept = (word: string): boolean =>
  /^[_. -]$/.test(word) ||
  word.startsWith('<') ||
  LABEL.test(word.replace(/(\d+|<hash>)$/, '')) ||
  /^(AB|B)$/.test(word) ||
  /^\d+$/.test(word)

/** Joins the words again; several columns, and several unknown words, become one. */
function joined(words: readonly string[]): string {
  const pattern = words
    .join('')
    .replace(/<column>((_and_|_)<column>)+/g, COLUMN)
    .replace(/\.\.\.([_. -]\.\.\.)+/g, REST)
    .replace(/^(index_<table>_on_)(?!<column>$).*|(_<hash>_fk_).*/, `$1$2${REST}`)
  // With free words at two places there is no pattern in it.
  return pattern.split(REST).length > 2 ? REST : pattern
}
