/** A check for monitoring as a value: what was observed and what it means. Text, JSON and metrics are made from it. Pure. */

import { type Holder, holderWords } from '../database/holder.ts'
import type { Partitioned } from '../database/partitions.ts'
import type { Repairs } from '../database/repairs.ts'
import { repairsDocument } from '../report/repairs.ts'
import { countsLine, type Status, statusDocument } from '../report/status.ts'
import { type ReportedDatabase, targetDocument } from '../report/target.ts'
import type { Lines, Paint, Report } from '../verb.ts'
import { toolVersion } from '../version.ts'
import type { Observed } from './observe.ts'
import { type Concern, concernsOf } from './verdict.ts'

export interface Checked {
  readonly place: ReportedDatabase
  readonly status: Status
  readonly observed: Observed
  /** Differences in words; undefined if nobody looked, null if nothing is applied. */
  readonly drift: readonly string[] | null | undefined
  readonly concerns: readonly Concern[]
}

export const checkedFrom = (found: Omit<Checked, 'concerns'>): Checked => ({
  ...found,
  concerns: concernsOf({ ...found.observed, status: found.status, drift: found.drift }),
})

interface NotLookedFor {
  readonly what: 'running' | 'partitions' | 'repairs' | 'drift'
  readonly why: string
}

const UNREAD = {
  forbidden: 'this user may not read migration_repairs; the script of npx nx run migrator:grants gives the right',
  strange: 'the table migration_repairs was not made by this migrator',
} as const

/** What the check did not look for, with the reason. It is never shown as fine. */
export function notLookedFor({ observed, drift }: Pick<Checked, 'observed' | 'drift'>): NotLookedFor[] {
  return [
    ...(observed.isStandby
      ? [{ what: 'running', why: 'this is a standby, which does not see the locks of its primary' } as const]
      : []),
    ...(observed.partitioned === undefined
      ? [{ what: 'partitions', why: 'a partition is locked exclusively by another session' } as const]
      : []),
    ...(observed.repairs.kind === 'forbidden' || observed.repairs.kind === 'strange'
      ? [{ what: 'repairs', why: UNREAD[observed.repairs.kind] } as const]
      : []),
    ...(drift === undefined
      ? [
          {
            what: 'drift',
            why: '--drift looks for it, with an embedded server that a production installation lacks',
          } as const,
        ]
      : []),
  ]
}

export function checkedReport(checked: Checked): Pick<Report, 'lines' | 'document' | 'exitCode'> {
  return {
    lines: checkedLines(checked),
    document: checkedDocument(checked),
    exitCode: checked.concerns.length > 0 ? 1 : 0,
  }
}

const checkedLines =
  (checked: Checked): Lines =>
  ({ paint }) => {
    const { status, observed, concerns } = checked
    const skipped = new Map(notLookedFor(checked).map(({ what, why }) => [what, why]))
    const row = (name: string, words: string) => `${name.padEnd(13)}${words}`
    const unseen = (why: string) => paint('yellow', `not looked for: ${why}`)
    return [
      row('migrations', countsLine(status, paint)),
      row('running now', skipped.has('running') ? unseen(skipped.get('running')!) : runningWords(observed.holder)),
      ...(observed.partitioned === undefined
        ? [unseen(skipped.get('partitions')!)]
        : partitionWords(observed.partitioned)
      ).map((words, index) => row(index === 0 ? 'partitions' : '', words)),
      row('repairs', skipped.has('repairs') ? unseen(skipped.get('repairs')!) : repairWords(observed.repairs)),
      row('drift', skipped.has('drift') ? unseen(skipped.get('drift')!) : driftWords(checked.drift ?? null)),
      ...concernLines(concerns, paint),
    ]
  }

const runningWords = (holder: Holder | undefined): string => (holder === undefined ? 'no' : holderWords(holder))

/** What people did by hand is no concern: it was done with a reason, and is on record. */
function repairWords(repairs: Repairs): string {
  const done = repairs.kind === 'read' ? repairs.repairs : []
  const last = done.at(-1)
  if (last === undefined) return 'none'
  const { domain, name, action, appliedBy, createdAt } = last
  return `${done.length}, the last one ${action} of ${domain}/${name} by ${appliedBy} at ${minuteText(createdAt)}`
}

const driftWords = (differences: readonly string[] | null): string => {
  if (differences === null) return 'nothing has been applied, so there is nothing to compare with'
  return differences.length === 0 ? 'none' : `${differences.length} differences`
}

const minuteText = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`

function partitionWords(partitioned: readonly Partitioned[]): string[] {
  if (partitioned.length === 0) return ['no table is partitioned']
  return partitioned.map(({ table, strategy, partitions, defaultPartition, newestEnd, isOpenEnded }) =>
    [
      `${table}: ${partitions} by ${strategy}`,
      ...(newestEnd === null ? [] : [`the newest ends ${minuteText(newestEnd)}`]),
      ...(isOpenEnded ? ['one has no end'] : []),
      defaultPartition === null ? 'no DEFAULT' : `DEFAULT has about ${defaultPartition.estimatedRows} rows`,
    ].join(', '),
  )
}

const concernLines = (concerns: readonly Concern[], paint: Paint): string[] =>
  concerns.length === 0
    ? [paint('green', 'No concern in what was looked for.')]
    : ['', ...concerns.map(({ kind, text }) => `${paint('red', kind)}  ${text}`)]

function checkedDocument(checked: Checked): Record<string, unknown> {
  const { place, status, observed, drift, concerns } = checked
  const { at, isStandby, holder, partitioned } = observed
  return {
    command: 'status',
    target: targetDocument(place),
    ...statusDocument(status),
    repairs: repairsDocument(observed.repairs),
    ...(drift !== undefined && { drift }),
    check: {
      passed: concerns.length === 0,
      checkedAt: at.toISOString(),
      toolVersion,
      isStandby,
      concerns,
      // Null says that nobody runs; a standby cannot know that, and says so in notLookedFor.
      running: holder === undefined ? null : { ...holder, since: holder.since?.toISOString() ?? null },
      // Null where notLookedFor names `partitions`.
      partitions: partitioned?.map((one) => ({ ...one, newestEnd: one.newestEnd?.toISOString() ?? null })) ?? null,
      notLookedFor: notLookedFor(checked),
    },
  }
}
