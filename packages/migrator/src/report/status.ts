/** The order and a database's history → which migrations the database has, per domain; as text and as a document. Pure. */

import type { HistoryRow } from '../database/history.ts'
import { idOf } from '../database/history.ts'
import type { Repairs } from '../database/repairs.ts'
import type { Paint, Report } from '../verb.ts'
import type { Planned } from '../workspace/workspace.ts'
import { durationText } from './durations.ts'
import { repairsDocument, repairsLines } from './repairs.ts'
import { type Layout, layoutFor, stepLine } from './steps.ts'
import { type ReportedDatabase, targetDocument } from './target.ts'

type StepState =
  | 'applied'
  | 'pending'
  /** Applied, but the migration has another checksum here than in the history. */
  | 'changed'
  /** Non-transactional and begun, but the history does not record its end, and a run holds the lock: it is at work on it. */
  | 'running'
  /** Begun like that, and no run is under way that could end it. */
  | 'interrupted'

interface StepStatus {
  readonly step: Planned
  readonly state: StepState
  readonly row: HistoryRow | undefined
}

export interface Status {
  readonly steps: readonly StepStatus[]
  /** Rows of the history whose migrations are not in this workspace. */
  readonly unknown: readonly HistoryRow[]
  readonly counts: Readonly<Record<StepState | 'unknown', number>>
}

function stateOf(step: Planned, row: HistoryRow | undefined, isRunning: boolean): StepState {
  if (row === undefined) return 'pending'
  if (row.durationMs === null) return isRunning ? 'running' : 'interrupted'
  return row.checksum === step.checksum ? 'applied' : 'changed'
}

/** `isRunning`: whether a run holds the lock, so that what is begun may still be ended. */
export function statusOf(
  order: readonly Planned[],
  history: readonly HistoryRow[],
  { isRunning = false }: { readonly isRunning?: boolean } = {},
): Status {
  const rows = new Map(history.map((row) => [`${row.domain}/${row.name}`, row]))
  const steps = order.map((step) => {
    const row = rows.get(step.id)
    rows.delete(step.id)
    return { step, row, state: stateOf(step, row, isRunning) }
  })
  const count = (state: StepState) => steps.filter((step) => step.state === state).length
  return {
    steps,
    unknown: [...rows.values()],
    counts: {
      applied: count('applied'),
      pending: count('pending'),
      changed: count('changed'),
      interrupted: count('interrupted'),
      running: count('running'),
      unknown: rows.size,
    },
  }
}

const COLOURS = { applied: 'green', pending: 'yellow', changed: 'red', running: 'cyan', interrupted: 'red' } as const

const timeText = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`

function stateText({ state, row }: StepStatus, paint: Paint): string {
  const when =
    row && state === 'applied' ? paint('dim', `${timeText(row.createdAt)}  ${durationText(row.durationMs ?? 0)}`) : ''
  return `${paint(COLOURS[state], state.padEnd('interrupted'.length))}${when === '' ? '' : `  ${when}`}`.trimEnd()
}

/** A heading per domain and its migrations below it, then `more`, then the counts. `domains` gives the order of the headings. */
export function statusLines(
  status: Status,
  domains: readonly string[],
  layout: Layout,
  more: readonly string[] = [],
): string[] {
  const { paint } = layout
  const sections = domains.flatMap((domain) => {
    const own = status.steps.filter(({ step }) => step.domain === domain)
    const applied = own.filter(({ state }) => state === 'applied').length
    return own.length === 0
      ? []
      : [
          '',
          `${paint('bold', domain)}  ${paint('dim', `${applied} of ${own.length} applied`)}`,
          ...own.map((entry) => stepLine(entry.step, layout, stateText(entry, paint))),
        ]
  })
  const strangers = status.unknown.map(
    (row) => `     ${row.domain}/${row.name}  ${paint('dim', timeText(row.createdAt))}`,
  )
  const unknown =
    strangers.length === 0 ? [] : ['', paint('red', 'unknown here, but applied to the database'), ...strangers]
  return [...sections, ...unknown, ...more, '', countsLine(status, paint)]
}

export function countsLine({ steps, counts }: Status, paint: Paint): string {
  const others = (['pending', 'running', 'interrupted', 'changed', 'unknown'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => paint(state === 'unknown' ? 'red' : COLOURS[state], `${counts[state]} ${state}`))
  return [
    `${counts.applied} of ${steps.length} applied`,
    ...(others.length > 0 ? others : ['nothing is pending']),
  ].join(', ')
}

export function statusDocument({ steps, unknown, counts }: Status): Record<string, unknown> {
  return {
    counts,
    migrations: steps.map(({ step, state, row }) => ({
      number: step.position,
      id: step.id,
      domain: step.domain,
      about: step.about,
      state,
      ...(row && {
        appliedAt: row.createdAt.toISOString(),
        appliedBy: row.appliedBy,
        durationMs: row.durationMs,
        runId: row.runId,
        checksum: row.checksum,
      }),
    })),
    unknown: unknown.map((row) => ({ id: idOf(row), appliedAt: row.createdAt.toISOString() })),
  }
}

export interface DriftSection extends Pick<Report, 'lines' | 'document'> {
  readonly isFound: boolean
  /** Each difference in words; null where nothing has been applied, so that there is nothing to compare with. */
  readonly differences: readonly string[] | null
}

export interface StatusGiven {
  readonly status: Status
  /** In dependency order. */
  readonly domains: readonly string[]
  readonly place: ReportedDatabase
  readonly failOnPending: boolean
  readonly repairs: Repairs
  /** The result of `--drift`; undefined without that option. */
  readonly drift?: DriftSection | undefined
}

export function statusReport({ status, domains, place, failOnPending, repairs, drift }: StatusGiven): Report {
  const { steps, counts } = status
  const isComplete = counts.applied === steps.length && counts.unknown === 0
  const order = steps.map(({ step }) => step)
  return {
    lines: (screen) => [
      ...statusLines(status, domains, layoutFor(order, screen), repairsLines(repairs, screen.paint)),
      ...(drift === undefined ? [] : drift.lines(screen)),
    ],
    document: {
      command: 'status',
      target: targetDocument(place),
      ...statusDocument(status),
      repairs: repairsDocument(repairs),
      ...(drift && { drift: drift.document }),
    },
    exitCode: (failOnPending && !isComplete) || drift?.isFound ? 1 : 0,
  }
}
