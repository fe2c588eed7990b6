/** Report → lines for a terminal: the sections, cut to what a person reads there, and the verdict last. Pure. */
import { plural } from '../../errors.ts'
import type { Screen } from '../../verb.ts'
import type { AuditReport } from '../report.ts'
import { newSection } from '../sections/new.ts'
import { sectionsOf } from '../sections/sections.ts'
import type { AgainstBaseline } from '../weight/verdict.ts'
import { textSections } from './blocks-text.ts'
import { conclusion } from './conclusion.ts'
import { printableText } from './printable.ts'

export interface TextLimit {
  /** So many rows of a table, items of a list, findings of a rule; 0 = all. Default: 8, half of it for findings; all that is new. */
  readonly limit?: number
}

const MOST_ROWS = 8
/** So many entries of a baseline that are gone. */
const MOST_GONE = 20

/** With a baseline it says what is new and what is gone: the rest is known, and stands in the other formats. */
export function textReport(report: AuditReport, screen: Screen, { limit }: TextLimit = {}): string[] {
  const { tables, migrations, notes } = report
  const most = limit === 0 ? Number.POSITIVE_INFINITY : limit
  const cut = (usual: number) => ({ ...screen, limit: most ?? usual, ...(most !== undefined && { perRule: most }) })
  return [
    `${plural(tables, 'table')}, compared with V1 (${plural(migrations, 'migration')} of ${report.domains.join(', ')}).`,
    ...notes.map((note) => screen.paint('dim', printableText(note))),
    ...(report.baseline === null
      ? textSections(sectionsOf(report), cut(MOST_ROWS))
      : newLines(report, report.baseline, cut)),
    '',
    conclusion(report, screen.paint),
  ]
}

function newLines(
  report: AuditReport,
  baseline: AgainstBaseline,
  cut: (usual: number) => Parameters<typeof textSections>[1],
): string[] {
  const { sections = [], ...fresh } = newSection(report, baseline)
  return [...textSections([fresh], cut(Number.POSITIVE_INFINITY)), ...textSections(sections, cut(MOST_GONE))]
}
