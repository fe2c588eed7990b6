/** What was observed → what somebody should look at. Pure. A run that is under way is none of it, nor what is being worked on by it. */
import { idOf } from '../database/history.ts'
import type { Partitioned } from '../database/partitions.ts'
import { plural } from '../errors.ts'
import type { Status } from '../report/status.ts'

export const CONCERNS = [
  'pending',
  'changed',
  'interrupted',
  'unknown',
  'partition-default',
  'partition-end',
  'drift',
] as const

export interface Concern {
  readonly kind: (typeof CONCERNS)[number]
  /** What it is about: ids of migrations, names of tables, differences in words. */
  readonly names: readonly string[]
  /** How many, what it means, which, and what to do. */
  readonly text: string
}

export interface Judged {
  readonly status: Status
  readonly isStandby: boolean
  readonly partitioned: readonly Partitioned[] | undefined
  /** On the server's clock. */
  readonly at: Date
  /** Differences in words; undefined if nobody looked, null if there was nothing to compare with. */
  readonly drift: readonly string[] | null | undefined
}

export function concernsOf(judged: Judged): Concern[] {
  const { status, isStandby, partitioned = [], at, drift } = judged
  const inState = (wanted: string) => status.steps.filter(({ state }) => state === wanted).map(({ step }) => step.id)
  const unknown = status.unknown.map(idOf)
  const filled = partitioned.filter(({ defaultPartition }) => (defaultPartition?.estimatedRows ?? 0) > 0)
  const ending = partitioned.filter((one) => hasNothingAhead(one, at))
  const tables = (found: readonly Partitioned[]) => found.map(({ table }) => table)
  return [
    concern('pending', inState('pending'), 'not applied', 'npx nx run migrator:up'),
    concern(
      'changed',
      inState('changed'),
      'applied with another checksum than here',
      'this is another checkout, or an applied migration was edited',
    ),
    concern(
      'interrupted',
      inState('interrupted'),
      isStandby ? 'begun and not finished' : 'begun and not finished, with no run under way',
      isStandby
        ? 'interrupted, or under way on the primary, whose locks a standby does not see: ask the primary'
        : 'npx nx run migrator:up cleans up and begins again',
    ),
    concern('unknown', unknown, 'applied, but unknown to this checkout', 'it is older than the database'),
    concern(
      'partition-default',
      tables(filled),
      'with rows in the DEFAULT partition',
      'their own partition was missing when they came, and cannot be made before they are moved out',
    ),
    concern('partition-end', tables(ending), 'without a partition for rows of today', 'make the next partitions'),
    concern('drift', drift ?? [], 'changed by hand', 'npx nx run migrator:audit'),
  ].filter(({ names }) => names.length > 0)
}

/** A table that has ranges with an end in time, the newest of which is over. */
const hasNothingAhead = ({ newestEnd, isOpenEnded }: Partitioned, at: Date): boolean =>
  newestEnd !== null && !isOpenEnded && newestEnd <= at

const NAMED = 3

function concern(kind: Concern['kind'], names: readonly string[], meaning: string, advice: string): Concern {
  const named = names.slice(0, NAMED).join(', ')
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : ''
  return { kind, names, text: `${plural(names.length, nounOf(kind))} ${meaning} (${named}${more}): ${advice}` }
}

function nounOf(kind: Concern['kind']): string {
  if (kind === 'drift') return 'object'
  return kind.startsWith('partition') ? 'table' : 'migration'
}
