/** Report → its sections, in the order in which a reader needs them. Every format shows these. Pure. */
import type { Section } from './blocks.ts'
import type { AuditReport } from './report.ts'
import { detailsSections } from './sections-details.ts'
import { gapSection } from './sections-gap.ts'
import { governanceSection } from './sections-governance.ts'
import { newSection } from './sections-new.ts'
import { recommendationSection } from './sections-recommendation.ts'
import { structureSection } from './sections-structure.ts'
import { summarySection } from './sections-summary.ts'

export const sectionsOf = (report: AuditReport): Section[] => [
  ...(report.baseline === null ? [] : [newSection(report, report.baseline)]),
  summarySection(report),
  gapSection(report),
  structureSection(report),
  governanceSection(report),
  recommendationSection(report),
  ...detailsSections(report),
]
