/**
 * All findings as the HTML page holds them: every text once, and a list of numbers for each field, so that a page of 180,000 findings is
 * read by a browser at once. pack.ts writes it, the page's script reads it through findingAt. Pure.
 */
import type { Confidence, Severity, Stake } from '../../rules/finding.ts'

/** Stand in a text for the names of the finding's table and column: most remedies differ in these alone. No printable text holds them. */
export const TABLE = '\u0001'
export const COLUMN = '\u0002'

/** In a list of numbers: the finding has no such field. */
export const NONE = -1

export interface PageRule {
  readonly name: string
  readonly summary: string
  readonly consequence: string
}

/** Each a list as long as there are findings. `rule` counts in `rules`, `marks` in `marks`, all others in `texts`. */
export type Field = 'rule' | 'marks' | 'table' | 'column' | 'domain' | 'found' | 'expected' | 'remedy' | 'pattern'

export interface Marks {
  readonly severity: Severity
  readonly confidence: Confidence
  readonly stake: Stake
  readonly known: boolean
}

export interface PageFindings {
  readonly count: number
  readonly rules: readonly PageRule[]
  /** Those that occur together. */
  readonly marks: readonly Marks[]
  /** In the order of the report. */
  readonly domains: readonly string[]
  readonly texts: readonly string[]
  readonly fields: Readonly<Record<Field, readonly number[]>>
}

export interface PageFinding extends Marks {
  readonly rule: PageRule
  /** `users.email`, `users`, `the database`. */
  readonly place: string
  readonly domain: string
  readonly found: string
  readonly expected: string
  readonly remedy: string
}

export function findingAt(all: PageFindings, index: number): PageFinding {
  const textOf = (field: Field): string => all.texts[all.fields[field][index]!] ?? ''
  const [table, column] = [textOf('table'), textOf('column')]
  const full = (field: Field): string =>
    textOf(field)
      .replaceAll(TABLE, () => table)
      .replaceAll(COLUMN, () => column)
  return {
    ...all.marks[all.fields.marks[index]!]!,
    rule: all.rules[all.fields.rule[index]!]!,
    place: placeAt(all, index),
    domain: textOf('domain'),
    found: full('found'),
    expected: full('expected'),
    remedy: full('remedy'),
  }
}

function placeAt({ texts, fields }: PageFindings, index: number): string {
  const table = fields.table[index]!
  const column = fields.column[index]!
  if (table === NONE) return 'the database'
  return column === NONE ? texts[table]! : `${texts[table]}.${texts[column]}`
}
