/**
 * What a report says, without how it looks. Every format is made from the same sections, so Markdown, HTML and text cannot say different
 * things. Only the list of all findings is shown by each format in its own way.
 */

import type { AuditFinding } from '../report.ts'
import type { Line } from '../weight/folded.ts'

/** Text with names in it: a `code` is a name or a piece of SQL, a `strong` is a figure or a verdict that a reader looks for. */
export type Words = readonly (string | { readonly code: string } | { readonly strong: string })[]

export type Block =
  | { readonly kind: 'paragraph'; readonly words: Words }
  | { readonly kind: 'list'; readonly items: readonly Words[] }
  /** A numbered list: what to do, in this order. Each step may have commands or statements to copy, one a line. */
  | {
      readonly kind: 'steps'
      readonly steps: readonly { readonly words: Words; readonly commands?: readonly string[] }[]
    }
  | {
      readonly kind: 'table'
      readonly head: readonly string[]
      readonly rows: readonly (readonly Words[])[]
      /** The indexes, from 0, of columns of numbers. */
      readonly right?: readonly number[]
    }
  /** What one rule found. Each format has its own way to show it: the page in HTML has all findings in one list below. */
  | { readonly kind: 'findings'; readonly rule: string; readonly lines: readonly Line<AuditFinding>[] }

export interface Section {
  /** Unique in a report, part of a link: `gap`, `gap-keys`. */
  readonly id: string
  readonly title: string
  readonly blocks: readonly Block[]
  readonly sections?: readonly Section[]
  /** Too much for a terminal: the text leaves it out, unless everything was asked for. */
  readonly isDetail?: boolean
}
