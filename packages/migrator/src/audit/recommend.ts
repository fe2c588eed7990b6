/** Report → the steps to take, in order. Pure. A step is listed only where there is something to do. */

import { plural } from '../errors.ts'
import { GAP_RULE } from './gap-findings.ts'
import { type AuditReport, isFailure } from './report.ts'

/** The migrations of V1 repair no old table, so the way to V1 is a new database beside the old one. */
export function recommendations(report: AuditReport): string[] {
  const { gap, drift, findings } = report
  const steps: string[] = []
  if (drift !== null && drift.differences.length > 0)
    steps.push(
      `Write a migration for each of the ${plural(drift.differences.length, 'change')} made by hand, or undo it: the next run relies on what the history says.`,
    )
  if (gap.primaryKeys.length > 0)
    steps.push(
      `Build V1 in an empty database (\`npx nx run migrator:up\`) and copy the rows over: ${plural(gap.primaryKeys.length, 'table')} cannot keep its key. ` +
        'Give each old key a new uuid once, in a mapping table, and translate every reference by it.',
    )
  else if (drift === null && gap.tables.length + gap.missingTables.length > 0)
    steps.push(
      'Build V1 in an empty database (`npx nx run migrator:up`) and copy the rows over; the gap above says which columns changed.',
    )
  if (drift !== null && gap.missingTables.length > 0) steps.push('Apply what is pending: `npx nx run migrator:up`.')
  if (gap.unknownTables.length > 0)
    steps.push(
      `Decide for ${plural(gap.unknownTables.length, 'table')} that V1 does not know: write a migration for each in a domain, or leave it out.`,
    )
  const failing = Map.groupBy(
    findings.filter((finding) => isFailure(finding) && finding.rule !== GAP_RULE.name),
    ({ rule }) => rule,
  )
  const heaviest = [...failing].sort((a, b) => b[1].length - a[1].length).slice(0, 3)
  if (heaviest.length > 0)
    steps.push(
      `Correct first what was found most often: ${heaviest.map(([rule, own]) => `${rule} (${own.length})`).join(', ')}; the remedy of each finding is in the JSON report.`,
    )
  if (drift === null)
    steps.push(
      'Archive the old numbered migrations with `npx nx run migrator:archive`: V1 defines the final state and does not need them.',
    )
  if (findings.some((finding) => !finding.known))
    steps.push(
      'Accept what stays with `--write-baseline`, and run the audit with `--baseline` in CI: from then on only new findings fail.',
    )
  return steps.length > 0 ? steps : ['Nothing to do: keep the audit in CI, so that it stays so.']
}
