/** Drift for `status`: found in the same way as by the audit, shown in one line. */
import type { Client } from '../database/connect.ts'
import type { Limits } from '../database/session.ts'
import { plural } from '../errors.ts'
import { replay } from '../replay/replay.ts'
import { withScratch } from '../replay/scratch.ts'
import type { DriftSection } from '../report/status.ts'
import type { Paint } from '../verb.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { appliedSteps } from './audit.ts'
import { driftFrom } from './drift.ts'
import { driftSeverity } from './drift-severity.ts'
import { driftText } from './drift-text.ts'
import type { Drift } from './drifted.ts'
import { readLive } from './live.ts'
import { printableText } from './printable.ts'

const NAMED = 2

/** Null where no migration has been applied: there is nothing to compare with. Expects no open transaction. */
export async function lookForDrift(
  client: Client,
  { root, order, graph }: Workspace,
  limits: Limits,
): Promise<Drift[] | null> {
  const live = await readLive(client, limits)
  const applied = appliedSteps(order, live.history ?? [])
  if (applied.steps.length === 0) return null
  return withScratch(root, async (scratch) => driftFrom(live.catalog, await replay(scratch, applied), graph.order))
}

export function driftLine(drift: readonly Drift[] | null, paint: Paint): string {
  if (drift === null) return 'drift: nothing has been applied'
  if (drift.length === 0) return 'drift: none'
  const errors = errorsOf(drift)
  const warnings = plural(drift.length - errors.length, 'warning')
  if (errors.length === 0) return `drift: none, but ${warnings}: npx nx run migrator:audit`
  const named = errors
    .slice(0, NAMED)
    .map((one) => printableText(driftText(one)))
    .join('; ')
  const more = errors.length > NAMED ? `; and ${errors.length - NAMED} more: npx nx run migrator:audit` : ''
  const beside = errors.length < drift.length ? ` (and ${warnings})` : ''
  return `${paint('red', `drift: ${plural(errors.length, 'object')}`)}${beside}: ${named}${more}`
}

/** What the provider, monitoring or a replica may have added is said, and fails nothing. */
const errorsOf = (drift: readonly Drift[]): Drift[] => drift.filter((one) => driftSeverity(one) === 'error')

/** Drift as a part of the report of `status`. Pure. */
export const driftSection = (drift: readonly Drift[] | null): DriftSection => ({
  isFound: drift !== null && errorsOf(drift).length > 0,
  lines: ({ paint }) => [driftLine(drift, paint)],
  differences: drift === null ? null : errorsOf(drift).map((one) => driftText(one)),
  document: drift?.map((one) => driftText(one)) ?? null,
})
