/** Which findings a reader wants to see. Pure; the page's script calls it. */
import { CONFIDENCES, type Confidence, type Severity, type Stake } from '../../rules/finding.ts'
import { findingAt, type PageFindings } from './findings.ts'

/** What the fields of the page's form hold; empty = any. */
export interface Filter {
  /** Every word has to occur, in any field, in upper or lower case. */
  readonly words: string
  readonly rule: string
  readonly domain: string
  readonly severity: Severity | ''
  readonly stake: Stake | ''
  /** The least that is shown: `medium` shows high ones too. */
  readonly confidence: Confidence | ''
  readonly status: 'new' | 'known' | ''
}

export const NO_FILTER: Filter = {
  words: '',
  rule: '',
  domain: '',
  severity: '',
  stake: '',
  confidence: '',
  status: '',
}

/** The text of a finding to search in. Made when it is first asked for: a page in which nobody searches makes none. */
export type SearchText = (index: number) => string

export function searchTexts(all: PageFindings): SearchText {
  const made: string[] = new Array(all.count)
  let lower: PageFindings | undefined
  return (index) => {
    lower ??= { ...all, texts: all.texts.map((text) => text.toLowerCase()) }
    made[index] ??= searchText(lower, index)
    return made[index]
  }
}

function searchText(lower: PageFindings, index: number): string {
  const { rule, severity, place, domain, found, expected, remedy } = findingAt(lower, index)
  return `${rule.name}\n${severity}\n${place}\n${domain}\n${found}\n${expected}\n${remedy}`
}

/** The indexes of the findings, in their order. */
export function matching(all: PageFindings, textOf: SearchText, filter: Filter): number[] {
  const rules = all.rules.map(({ name }) => !filter.rule || name === filter.rule)
  const marks = all.marks.map(
    ({ severity, confidence, stake, known }) =>
      (!filter.severity || severity === filter.severity) &&
      (!filter.stake || stake === filter.stake) &&
      (!filter.status || known === (filter.status === 'known')) &&
      (!filter.confidence || isAtLeast(confidence, filter.confidence)),
  )
  const domain = filter.domain ? all.texts.indexOf(filter.domain) : undefined
  const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean)
  const found: number[] = []
  for (let index = 0; index < all.count; index++) {
    if (!rules[all.fields.rule[index]!] || !marks[all.fields.marks[index]!]) continue
    if (domain !== undefined && all.fields.domain[index] !== domain) continue
    if (words.length > 0) {
      const text = textOf(index)
      if (!words.every((word) => text.includes(word))) continue
    }
    found.push(index)
  }
  return found
}

const isAtLeast = (confidence: Confidence, least: Confidence): boolean =>
  CONFIDENCES.indexOf(confidence) <= CONFIDENCES.indexOf(least)
