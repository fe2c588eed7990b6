/** What somebody reads who reads nothing else. Pure. */
import { plural } from '../errors.ts'
import type { Section } from './blocks.ts'
import { type AuditReport, isFailure, total } from './report.ts'

export function summarySection(report: AuditReport): Section {
  const { errors, warnings } = total(report)
  const verdict = report.findings.some(isFailure) ? 'does not keep' : 'keeps'
  return {
    id: 'summary',
    title: 'Executive summary',
    blocks: [
      {
        kind: 'paragraph',
        words: [
          `The database ${verdict} V1's rules: `,
          { strong: `${plural(errors, 'error')} and ${plural(warnings, 'warning')}` },
          ` in ${plural(report.tables, 'table')}.`,
        ],
      },
    ],
  }
}
