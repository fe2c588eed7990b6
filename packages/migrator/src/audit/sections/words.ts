/** Small pieces of text that the sections of a report have in common. Pure. */

import type { DomainOf } from '../gap/domain-guess.ts'
import type { Block, Words } from './blocks.ts'

/** `1,204,000`. */
export const figure = (count: number): string => Math.round(count).toLocaleString('en-US')

/** `1 table`, `1,204 tables`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${figure(count)} ${count === 1 ? one : many}`

/** `streaming`, `streaming (guess)`, `?`. */
export const domainText = (domain: DomainOf | undefined): string =>
  domain === undefined ? '?' : domain.guessedFrom === null ? domain.domain : `${domain.domain} (guess)`

/** `a`, `b` and 3 more. */
export function namesWords(names: readonly string[], most = 3): Words {
  const shown = names.slice(0, most)
  const listed = shown.flatMap((name, at) => (at === 0 ? [{ code: name }] : [', ', { code: name }]))
  return names.length > most ? [...listed, ` and ${figure(names.length - most)} more`] : listed
}

export const joinedWords = (parts: readonly Words[], between = ', '): Words =>
  parts.flatMap((words, at) => (at === 0 ? words : [between, ...words]))

/** `right`: the indexes of columns of numbers. */
export const tableBlock = (
  head: readonly string[],
  rows: readonly (readonly Words[])[],
  right: readonly number[] = [],
): Block => ({ kind: 'table', head, rows, right })
