/** Report → its sections, in the order in which a reader needs them. Every format shows these. Pure. */

import type { AuditReport } from '../report.ts'
import type { Section } from './blocks.ts'
import { detailsSections } from './details.ts'
import { gapSection } from './gap.ts'
import { governanceSection } from './governance.ts'
import { newSection } from './new.ts'
import { recommendationSection } from './recommendation.ts'
import { structureSection } from './structure.ts'
import { summarySection } from './summary.ts'

export const sectionsOf = (report: AuditReport): Section[] => [
  ...(report.baseline === null ? [] : [newSection(report, report.baseline)]),
  summarySection(report),
  gapSection(report),
  structureSection(report),
  governanceSection(report),
  recommendationSection(report),
  ...detailsSections(report),
]
