/** Drift for `status`: found in the same way as by the audit, shown in one line. */
import type { Unread } from '../../catalog/types.ts'
import type { Client } from '../../database/connect.ts'
import type { Limits } from '../../database/session.ts'
import { plural } from '../../errors.ts'
import { replaySeeded } from '../../replay/replay-seeded.ts'
import { withScratch } from '../../replay/scratch.ts'
import type { DriftSection } from '../../report/status.ts'
import type { Paint } from '../../verb.ts'
import type { Workspace } from '../../workspace/workspace.ts'
import { appliedSteps } from '../audit.ts'
import { printableText } from '../formats/printable.ts'
import { readLive } from '../live/live.ts'
import { driftFrom, rowDriftFrom } from './drift.ts'
import { driftSeverity } from './drift-severity.ts'
import { driftText } from './drift-text.ts'
import type { Drift } from './drifted.ts'
import { seededRows } from './seeded-rows.ts'

const NAMED = 2

export interface LookedFor {
  readonly differences: readonly Drift[]
  /** What could not be looked at. */
  readonly unread: readonly Unread[]
}

/** Null where no migration has been applied: there is nothing to compare with. Expects no open transaction. */
export async function lookForDrift(
  client: Client,
  { root, order, graph }: Workspace,
  limits: Limits,
): Promise<LookedFor | null> {
  const { catalog, history } = await readLive(client, limits)
  const applied = appliedSteps(order, history ?? [])
  const { unread = [] } = catalog
  if (applied.steps.length === 0) return unread.length === 0 ? null : { differences: [], unread }
  const state = await withScratch(root, (scratch) => replaySeeded(scratch, applied))
  const rows = await seededRows(client, catalog, state, limits)
  return {
    differences: [...driftFrom(catalog, state, graph.order), ...rowDriftFrom(rows.tables, state)],
    unread: [...unread, ...rows.unread],
  }
}

export function driftLine(found: LookedFor | null, paint: Paint): string {
  if (found === null) return 'drift: nothing has been applied'
  if (found.unread.length === 0) return foundLine(found.differences, paint)
  const seen = found.differences.length === 0 ? 'drift: none found' : foundLine(found.differences, paint)
  const unseen = found.unread.map((one) => printableText(unreadText(one)))
  return `${seen}; ${paint('red', `not looked at: ${unseen.join(', ')}`)}`
}

function foundLine(drift: readonly Drift[], paint: Paint): string {
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
export const driftSection = (found: LookedFor | null): DriftSection => {
  const errors = found === null ? null : errorsOf(found.differences).map((one) => driftText(one))
  const unseen = found?.unread.map((one) => `not looked at: ${unreadText(one)}`) ?? []
  return {
    isFound: errors !== null && errors.length + unseen.length > 0,
    lines: ({ paint }) => [driftLine(found, paint)],
    differences: errors && [...errors, ...unseen],
    document: found && [...found.differences.map((one) => driftText(one)), ...unseen],
  }
}

const unreadText = ({ what, reason }: Unread): string => `${what} (${reason})`
