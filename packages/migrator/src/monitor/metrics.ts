/**
 * A check → metrics. Pure. What was not looked for has no sample: a rule that asks for it finds nothing, and never a zero that means "fine".
 * A check that failed has veza_migrations_up 0 and none of the others.
 */
import { targetText } from '../database/target.ts'
import { MigratorError } from '../errors.ts'
import { type Checked, notLookedFor } from './checked.ts'
import { exposition, type Metric, type Sample } from './exposition.ts'
import { CONCERNS } from './verdict.ts'

export const metricLines = (checked: Checked): string[] =>
  exposition(metricsOf(checked), { target: targetText(checked.place.client.target) })

/** `target` as in the metrics of a check that did not fail, as far as the error says it. */
export function failureMetricLines(error: unknown): string[] {
  const { target, database, name } = error as { target?: string; database?: string; name?: string }
  const place = target === undefined ? database : database === undefined ? target : `${target}/${database}`
  const code = error instanceof MigratorError ? String(name) : 'Defect'
  return exposition(
    [
      up(0),
      {
        name: 'veza_migrations_check_error',
        help: 'Why the last check failed.',
        samples: [{ labels: { code }, value: 1 }],
      },
    ],
    place === undefined ? {} : { target: place },
  )
}

const up = (value: number): Metric =>
  gauge('veza_migrations_up', 'Whether the last check could read the database.', value)

/** A metric with one sample, or with none. */
const gauge = (name: string, help: string, value: number | undefined, labels?: Sample['labels']): Metric => ({
  name,
  help,
  samples: value === undefined ? [] : [{ value, ...(labels && { labels }) }],
})

const STATES = {
  applied: 'Migrations that are applied as they are in this checkout.',
  pending: 'Migrations of this checkout that are not applied.',
  changed: 'Migrations that were applied with another checksum than in this checkout.',
  running: 'Migrations outside a transaction that a run is at work on.',
  interrupted: 'Migrations outside a transaction that began and did not finish, with no run under way.',
  unknown: 'Applied migrations that this checkout does not know.',
} as const

function metricsOf(checked: Checked): Metric[] {
  const { status, observed } = checked
  const { at, history, isStandby } = observed
  const last = history.reduce((newest, { createdAt }) => Math.max(newest, createdAt.getTime()), 0)
  return [
    up(1),
    gauge('veza_migrations_check_timestamp_seconds', "When the check was made, on the server's clock.", seconds(at)),
    gauge('veza_migrations_in_checkout', 'Migrations of this checkout.', status.steps.length),
    ...Object.entries(STATES).map(([state, help]) =>
      gauge(`veza_migrations_${state}`, help, status.counts[state as keyof typeof STATES]),
    ),
    gauge(
      'veza_migrations_last_applied_timestamp_seconds',
      'When the newest migration was applied.',
      history.length === 0 ? undefined : last / 1000,
    ),
    concernMetric(checked),
    gauge('veza_migrations_standby', 'Whether the database is a standby.', Number(isStandby)),
    ...runMetrics(checked),
    ...repairMetrics(checked),
    ...driftMetrics(checked),
    ...partitionMetrics(checked),
  ]
}

const seconds = (time: Date): number => time.getTime() / 1000

/** Every kind that was looked for has a sample, so that a rule on it works before the first concern of its kind. */
function concernMetric({ concerns, drift, observed }: Checked): Metric {
  const isLookedFor = (kind: string): boolean => {
    if (kind === 'drift') return drift !== undefined && drift !== null
    return !kind.startsWith('partition') || observed.partitioned !== undefined
  }
  const counts = new Map(concerns.map(({ kind, names }) => [kind, names.length]))
  return {
    name: 'veza_migrations_concerns',
    help: 'What somebody should look at, by kind. The exit code is 1 if any of them is not 0.',
    samples: CONCERNS.filter(isLookedFor).map((kind) => ({
      labels: { kind },
      value: counts.get(kind) ?? 0,
    })),
  }
}

function runMetrics(checked: Checked): Metric[] {
  const { holder } = checked.observed
  const isUnknown = notLookedFor(checked).some(({ what }) => what === 'running')
  const { pid, application, user, client, since } = holder ?? {}
  const info = { pid: String(pid ?? ''), application: application ?? '', user: user ?? '', client: client ?? '' }
  return [
    gauge(
      'veza_migrations_run_in_progress',
      'Whether a run holds the lock.',
      isUnknown ? undefined : Number(holder !== undefined),
    ),
    gauge(
      'veza_migrations_run_info',
      'Which session holds the lock of the run. A label is empty where this user may not see it.',
      holder && 1,
      info,
    ),
    gauge(
      'veza_migrations_run_start_timestamp_seconds',
      'When the transaction of the run began, or when it connected if it has none.',
      since ? seconds(since) : undefined,
    ),
  ]
}

function repairMetrics({ observed: { repairs } }: Checked): Metric[] {
  const done = repairs.kind === 'read' ? repairs.repairs : []
  const last = done.at(-1)
  return [
    gauge(
      'veza_migrations_repairs',
      'How often people changed the history by hand.',
      repairs.kind === 'read' || repairs.kind === 'none' ? done.length : undefined,
    ),
    gauge(
      'veza_migrations_last_repair_timestamp_seconds',
      'When people last changed the history by hand.',
      last && seconds(last.createdAt),
    ),
  ]
}

function driftMetrics({ drift }: Checked): Metric[] {
  return [
    gauge('veza_migrations_drift_checked', 'Whether the check looked for drift.', Number(drift !== undefined)),
    gauge('veza_migrations_drift_objects', 'Objects that were changed by hand.', drift?.length),
  ]
}

function partitionMetrics({ observed: { partitioned = [] } }: Checked): Metric[] {
  const perTable = (
    name: string,
    help: string,
    measure: (one: (typeof partitioned)[number]) => number | undefined,
  ): Metric => ({
    name,
    help,
    samples: partitioned.flatMap((one) => {
      const value = measure(one)
      return value === undefined ? [] : [{ labels: { table: one.table }, value }]
    }),
  })
  return [
    perTable(
      'veza_table_partitions',
      'Partitions of a table, without its DEFAULT partition.',
      ({ partitions }) => partitions,
    ),
    perTable(
      'veza_table_default_partition_rows',
      "Rows in the DEFAULT partition, by the server's estimate.",
      ({ defaultPartition }) => defaultPartition?.estimatedRows,
    ),
    perTable(
      'veza_table_partitions_end_timestamp_seconds',
      'Where the newest range ends, of a table whose ranges all have an end in time.',
      ({ newestEnd, isOpenEnded }) => (newestEnd === null || isOpenEnded ? undefined : seconds(newestEnd)),
    ),
  ]
}
