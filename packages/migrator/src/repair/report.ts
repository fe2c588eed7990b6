/** What a repair would change, before it is asked about, and what it has changed. Pure. */
import type { HistoryRow } from '../database/history.ts'
import { type ReportedDatabase, targetDocument } from '../report/target.ts'
import type { Lines, Report } from '../verb.ts'
import { STATES } from './errors.ts'
import type { Examined } from './repair.ts'

export interface Shown {
  readonly examined: Examined
  readonly reason: string
}

export const examinedLines =
  ({ examined, reason }: Shown): Lines =>
  ({ paint }) => {
    const { id, state, change, row, after, facts } = examined
    const line = (word: string, text: string) => `  ${paint('dim', word.padEnd(10))}${text}`
    return [
      `${paint('bold', id)} ${STATES[state]}`,
      ...facts.map(({ says, text }) => line(says === 'unknown' ? 'unproven' : 'found', text)),
      line('before', rowText(row)),
      line('after', after === undefined ? 'no row' : rowText(after)),
      line('action', change.action),
      line('reason', reason),
    ]
  }

/** `checksum 0123456789ab, begun 2026-01-02 03:04:05 UTC by deploy@ci, 5 ms` */
function rowText({ checksum, createdAt, appliedBy, durationMs }: HistoryRow): string {
  const at = createdAt.toISOString().slice(0, 19).replace('T', ' ')
  const word = durationMs === null ? 'begun' : 'applied'
  return `checksum ${checksum.slice(0, 12)}, ${word} ${at} UTC by ${appliedBy}, ${durationMs === null ? 'no duration' : `${durationMs} ms`}`
}

const rowDocument = ({ runId, checksum, position, durationMs, toolVersion, appliedBy, createdAt }: HistoryRow) => ({
  ...{ runId, checksum, position, durationMs, toolVersion, appliedBy },
  createdAt: createdAt.toISOString(),
})

/** What to do next, per action. */
const NEXT: Readonly<Record<Examined['change']['action'], string>> = {
  'accept-checksum':
    'What the migration made was not changed. Whether it is what is here now: npx nx run migrator:status -- --drift',
  forget:
    'What the migration made was not changed. What no migration here makes: npx nx run migrator:status -- --drift',
  'mark-done': 'What is pending: npx nx run migrator:status',
  'mark-undone': 'To apply it: npx nx run migrator:up',
}

export function repairReport(
  { examined, reason }: Shown,
  { place, dryRun }: { readonly place: ReportedDatabase; readonly dryRun: boolean },
): Report {
  const { id, state, change, row, after, facts } = examined
  return {
    lines: ({ paint }) =>
      dryRun
        ? ['Nothing was changed.']
        : [
            `${paint('green', 'Repaired')} ${id}: ${change.action}, recorded in migration_repairs.`,
            NEXT[change.action],
          ],
    document: {
      command: 'repair',
      dryRun,
      target: targetDocument(place),
      id,
      state,
      action: change.action,
      reason,
      before: rowDocument(row),
      after: after === undefined ? null : rowDocument(after),
      found: facts.map(({ says, text }) => ({ says, text })),
    },
    exitCode: 0,
  }
}
