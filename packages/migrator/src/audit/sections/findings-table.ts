/** The findings of a rule as a table, for a format that shows all of them where the rule is explained. Pure. */

import { type AuditFinding, NO_DOMAIN, placeText } from '../report.ts'
import type { Line } from '../weight/folded.ts'
import type { Block, Words } from './blocks.ts'
import { figure, namesWords } from './words.ts'

type Pattern = Extract<Line<AuditFinding>, { readonly kind: 'pattern' }>

export const findingsTable = (lines: readonly Line<AuditFinding>[]): Extract<Block, { readonly kind: 'table' }> => ({
  kind: 'table',
  head: ['Severity', 'Where', 'Domain', 'Found', 'Expected', 'Remedy'],
  rows: lines.map((line) => (line.kind === 'finding' ? findingRow(line.finding) : patternRow(line))),
})

const findingRow = (finding: AuditFinding): Words[] => [
  [severityText(finding)],
  [{ code: placeText(finding) }],
  [finding.owner ?? NO_DOMAIN],
  [finding.found],
  [finding.expected],
  [finding.remedy],
]

function patternRow({ members, examples, pattern }: Pattern): Words[] {
  const [first] = examples as readonly [AuditFinding]
  return [
    [severityText(first)],
    [{ strong: `${figure(members.length)} places` }, ': ', ...placesWords({ members, examples })],
    [domainsOf(members).join(', ')],
    [pattern],
    ['at ', { code: placeText(first) }, `: ${first.expected}`],
    ['at ', { code: placeText(first) }, `: ${first.remedy}`],
  ]
}

/** A finding that only a name suggests is marked, so that nobody acts on it unseen. */
export const severityText = ({ severity, confidence }: AuditFinding): string =>
  confidence === 'low' ? `${severity}, unsure` : severity

/** The examples, and how many more there are. */
export const placesWords = ({ members, examples }: Pick<Pattern, 'members' | 'examples'>): Words => {
  const others = members.filter((one) => !examples.includes(one))
  return namesWords([...examples, ...others].map(placeText), examples.length)
}

export const domainsOf = (findings: readonly AuditFinding[]): string[] => [
  ...new Set(findings.map(({ owner }) => owner ?? NO_DOMAIN)),
]
