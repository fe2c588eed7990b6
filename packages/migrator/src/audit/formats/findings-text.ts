/** The findings of a rule for a terminal: what was found in one line, what to do about it in the next. Pure. */

import { type AuditFinding, NO_DOMAIN, placeText } from '../report.ts'
import type { Words } from '../sections/blocks.ts'
import { domainsOf, placesWords, severityText } from '../sections/findings-table.ts'
import { figure } from '../sections/words.ts'
import { folded, type Line } from '../weight/folded.ts'

export interface FindingText {
  readonly severity: AuditFinding['severity']
  /** `error`, `warning, unsure`. */
  readonly label: string
  readonly said: Words
  readonly remedy: Words
}

export function findingText(line: Line<AuditFinding>): FindingText {
  if (line.kind === 'finding') {
    const { severity, owner, found, expected, remedy } = line.finding
    return {
      severity,
      label: severityText(line.finding),
      said: [{ strong: placeText(line.finding) }, ` (${owner ?? NO_DOMAIN}): ${found}; expected ${expected}`],
      remedy: [remedy],
    }
  }
  const { severity, members, examples, pattern } = line
  const [first] = examples as readonly [AuditFinding]
  return {
    severity,
    label: severityText(first),
    said: [
      { strong: `${figure(members.length)} places` },
      ` (${domainsOf(members).join(', ')}): ${pattern}: `,
      ...placesWords({ members, examples }),
    ],
    remedy: [`${placeText(first)}: ${first.remedy}`],
  }
}

/**
 * Findings that say the same of different tables are one line too, though no pattern ties them: a terminal is no place for a table that has
 * 138 times the same row. A document has each of them.
 */
export const shortened = (lines: readonly Line<AuditFinding>[]): Line<AuditFinding>[] =>
  folded(
    lines.flatMap((line) =>
      line.kind === 'pattern' ? line.members : [{ ...line.finding, pattern: shapeOf(line.finding) }],
    ),
  )

/** What was found, without the names of the place where it was found. */
function shapeOf({ table, column, found, expected, confidence }: AuditFinding): string {
  const words = `${found}; expected ${expected}${confidence === 'low' ? ' (unsure)' : ''}`
  return [
    [table?.split('.').at(-1), '<table>'],
    [column, '<column>'],
  ].reduce((text, [name, stand]) => (name && name.length > 2 ? text.replaceAll(name, stand!) : text), words)
}
