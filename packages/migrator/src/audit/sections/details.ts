/** What would stand between a reader and the next section: long tables to look things up in, at the end of a document. Pure. */
import type { CatalogDifference } from '../../catalog/difference.ts'
import { kindsText } from '../gap/kinds-text.ts'
import type { AuditReport } from '../report.ts'
import type { Section, Words } from './blocks.ts'
import { dragDetails } from './keys.ts'
import { tableBlock } from './words.ts'

/** None where there is nothing to look up. */
export function detailsSections(report: AuditReport): Section[] {
  const sections = [...dragDetails(report), ...differingDetails(report)].map((one) => ({ ...one, isDetail: true }))
  return sections.length === 0 ? [] : [{ id: 'details', title: 'Details', blocks: [], sections }]
}

const differingDetails = ({ gap }: AuditReport): Section[] =>
  gap.tables.map(({ table, domain, differences }) => ({
    id: `gap-table-${table}`,
    title: `${table} (${domain}): ${kindsText(differences)}`,
    blocks: [tableBlock(['What', 'Name', 'Found', 'Expected'], differences.map(differenceRow))],
  }))

const differenceRow = ({ kind, name, found, expected }: CatalogDifference): Words[] => [
  [kind],
  [{ code: name }],
  sideWords(found),
  sideWords(expected),
]

const sideWords = (words: string | null): Words =>
  words === null ? ['-'] : words === '' ? ['present'] : [{ code: words }]
