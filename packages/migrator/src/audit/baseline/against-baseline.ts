/** A report held against the baseline that it was given: what is new, what is gone, and what could not be compared. Pure. */
import { plural } from '../../errors.ts'
import type { AuditReport } from '../report.ts'
import type { AgainstBaseline, BaselineEntry } from '../weight/verdict.ts'
import type { Baseline } from './baseline.ts'

interface Given {
  /** As the caller named it. */
  readonly file: string
  readonly baseline: Baseline
}

/** The report with what its baseline says. `audit` has to have got the ids of the same baseline. */
export const againstBaseline = (report: AuditReport, given: Given): AuditReport => ({
  ...report,
  baseline: compared(report, given),
  notes: [...report.notes, ...notesOn(report, given)],
})

function compared(report: AuditReport, { file, baseline }: Given): AgainstBaseline {
  const { findings, gone: goneIds, unread, figures } = report
  const notRead = new Set(unread.map(({ table }) => table))
  const otherSchemas = new Set(figures.schemas.filter(({ audited }) => !audited).map(({ name }) => name))
  const isLookedAt = (table: string | null): boolean =>
    table === null || !(notRead.has(table) || (table.includes('.') && otherSchemas.has(table.split('.')[0]!)))
  const known = new Set(findings.filter((finding) => finding.known).map(({ id }) => id))
  const notFound = new Set(goneIds)
  const isGone = ({ id, table = null }: BaselineEntry): boolean => notFound.has(id) && isLookedAt(table)
  const absent = baseline.entries.filter(({ id }) => !known.has(id))
  return {
    file,
    entries: baseline.entries.length,
    known: known.size,
    gone: absent.filter(isGone),
    unseen: absent.filter((entry) => !isGone(entry)),
  }
}

/** Where fewer of its entries are found, a baseline is most likely that of another database. */
const FOREIGN = 0.1

function notesOn({ gone }: AuditReport, { file, baseline: { entries, oddities } }: Given): string[] {
  const found = entries.length - gone.length
  return [
    ...oddities.map((oddity) => `The baseline ${file} ${oddity}. Writing it again mends that.`),
    ...(gone.length > 0 && found <= entries.length * FOREIGN
      ? [
          `Only ${found} of the ${plural(entries.length, 'entry', 'entries')} of ${file} were found. Is it the baseline of another database?`,
        ]
      : []),
  ]
}

/** Findings → what a baseline of them says, in which nothing is lost that this run did not look at. */
export const entriesOf = ({ findings, baseline }: AuditReport): BaselineEntry[] => [
  ...findings,
  ...(baseline?.unseen ?? []),
]

/** `591 findings`, and what is not among them, or there though this run did not see it. */
export function entriesText({ findings, baseline, leftOut, gone, unread }: AuditReport): string {
  const unseen = baseline?.unseen ?? []
  const notFound = new Set(gone)
  const dropped = leftOut.findings - unseen.filter(({ id }) => !notFound.has(id)).length
  return [
    plural(findings.length, 'finding'),
    ...(unseen.length > 0
      ? [`${plural(unseen.length, 'entry', 'entries')} of ${baseline!.file} that this run did not look for`]
      : []),
    ...(dropped > 0 ? [`without ${plural(dropped, 'finding')} below --min-confidence ${leftOut.minConfidence}`] : []),
    ...(unread.length > 0 ? [`without what the ${plural(unread.length, 'part')} that could not be read may hold`] : []),
  ].join(', ')
}
