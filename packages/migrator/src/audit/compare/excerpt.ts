/** Two long texts, such as the bodies of functions → the places in which they begin to differ. Pure. */

const LONGEST = 160
const BEFORE = 40

interface Texts {
  readonly a: string | null
  readonly b: string | null
}

/** Each in one line. JSON has the texts whole. */
export function excerpts(texts: Texts): Texts {
  const flat = (text: string | null) => (text === null ? null : text.replace(/\s+/g, ' ').trim())
  const [a, b] = [flat(texts.a), flat(texts.b)]
  const from = a === null || b === null ? 0 : Math.max(0, firstDifference(a, b) - BEFORE)
  const isLong = [a, b].some((text) => text !== null && text.length > LONGEST)
  const cut = (text: string | null) => (text === null || !isLong ? text : windowOf(text, from))
  return { a: cut(a), b: cut(b) }
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  return at
}

const windowOf = (text: string, from: number): string => {
  const until = from + LONGEST
  return `${from > 0 ? '... ' : ''}${text.slice(from, until)}${text.length > until ? ' ...' : ''}`
}
