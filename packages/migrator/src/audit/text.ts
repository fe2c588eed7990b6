/** Report → lines for a terminal: the sections, cut to what a person reads there, and the verdict last. Pure. */
import { plural } from '../errors.ts'
import type { Screen } from '../verb.ts'
import { textSections } from './blocks-text.ts'
import { printable } from './printable.ts'
import { type AuditReport, isFailure, total } from './report.ts'
import { sectionsOf } from './sections.ts'

/** So many rows of a table and items of a list are shown. */
const MOST_ROWS = 8

export function textReport(report: AuditReport, screen: Screen): string[] {
  const { tables, migrations, notes } = printable({ ...report, findings: [] })
  return [
    `${plural(tables, 'table')}, compared with V1 (${plural(migrations, 'migration')} of ${report.domains.join(', ')}).`,
    ...notes.map((note) => screen.paint('dim', note)),
    ...textSections(sectionsOf(report), { ...screen, limit: MOST_ROWS }),
    '',
    conclusion(report, screen),
  ]
}

function conclusion(report: AuditReport, { paint }: Screen): string {
  const { errors, warnings } = total(report)
  const known = report.findings.filter((finding) => finding.known).length
  const failures = report.findings.filter(isFailure).length
  const parts = [`${plural(errors, 'error')}, ${plural(warnings, 'warning')}`]
  if (known > 0) parts.push(`${known} of them known`)
  if (report.gone > 0)
    parts.push(
      `${plural(report.gone, 'entry').replace('entrys', 'entries')} of the baseline no longer found: write the baseline again`,
    )
  return `${failures > 0 ? paint('red', 'failed') : paint('green', 'passed')}: ${parts.join('; ')}.`
}
