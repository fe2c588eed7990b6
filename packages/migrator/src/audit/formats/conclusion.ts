/** The last line of a report: whether it passed, and why not. With a baseline it counts what is new. Pure. */
import { plural } from '../../errors.ts'
import type { Paint } from '../../verb.ts'
import { type AuditReport, isFailure, total } from '../report.ts'
import { printableText } from './printable.ts'

export function conclusion(report: AuditReport, paint: Paint): string {
  const verdict = report.findings.some(isFailure) ? paint('red', 'failed') : paint('green', 'passed')
  const { baseline } = report
  if (baseline === null) {
    const { errors, warnings } = total(report)
    return `${verdict}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}.`
  }
  const { known, gone, file } = baseline
  const parts = [newText(report), `${known} known, accepted in ${printableText(file)}`]
  if (gone.length > 0)
    parts.push(`${plural(gone.length, 'entry', 'entries')} of the baseline no longer found: write the baseline again`)
  return `${verdict}: ${parts.join('; ')}.`
}

function newText({ findings }: AuditReport): string {
  const { errors, warnings } = total({ findings: findings.filter(({ known }) => !known) })
  const counts = [
    ...(errors > 0 ? [plural(errors, 'new error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'new warning')] : []),
  ]
  return counts.join(', ') || 'nothing new'
}
