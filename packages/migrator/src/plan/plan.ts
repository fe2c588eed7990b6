/**
 * order × history × target → steps. A pure function: the plan is a value that can be printed before anything happens.
 * The order is that of migrations.lock; a migration builds on those before it in its own domain and in the domains that its domain needs.
 */

import { type HistoryRow, idOf } from '../database/history.ts'
import { bundle } from '../version.ts'
import type { Graph } from '../workspace/graph.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import {
  BegunThenChangedError,
  BuiltOnError,
  ChangedMigrationError,
  HalfAppliedError,
  HistoryMovedError,
  HistoryOrderError,
  IrreversibleError,
  UnknownAppliedError,
  UnknownMigrationError,
} from './errors.ts'

export interface Plan {
  readonly direction: Direction
  readonly steps: readonly Planned[]
  /** How many of the migrations in migrations.lock were applied before the run. */
  readonly applied: number
  /** How many migrations stand in migrations.lock. */
  readonly total: number
}

/** What `up` applies. Without `to` and `domain`: everything. */
export interface UpTarget {
  /** Up to this migration, which is included. */
  readonly to?: string | undefined
  /** Only this domain and the domains that it needs. */
  readonly domain?: string | undefined
}

export type DownTarget = (
  | { readonly kind: 'steps'; readonly steps: number }
  /** Everything after this migration, which stays applied. */
  | { readonly kind: 'to'; readonly id: string }
  | { readonly kind: 'all' }
) & {
  /** Only migrations of this domain are counted and reverted. */
  readonly domain?: string | undefined
}

export interface PlanInput {
  readonly order: readonly Planned[]
  readonly graph: Graph
  readonly history: readonly HistoryRow[]
  /** How messages name the database. */
  readonly database: string
}

/**
 * Applied and finished, by id. A row without a duration belongs to a non-transactional migration that was interrupted.
 */
function finished(history: readonly HistoryRow[]): Set<string> {
  return new Set(history.filter((row) => row.durationMs !== null).map(idOf))
}

/**
 * Checks that the history fits this checkout. Throws UnknownAppliedError, HalfAppliedError, BegunThenChangedError,
 * ChangedMigrationError, HistoryOrderError.
 */
function verifyHistory({ order, graph, history, database }: PlanInput): void {
  const planned = new Map(order.map((migration) => [migration.id, migration]))
  const unknown = history.map(idOf).filter((id) => !planned.has(id))
  if (unknown.length > 0) throw new UnknownAppliedError({ ids: unknown, database, bundle })

  for (const row of history) {
    const id = idOf(row)
    const { checksum: here, transaction } = planned.get(id) as Planned
    if (transaction && row.durationMs === null) throw new HalfAppliedError({ id, database, startedAt: row.createdAt })
    if (row.checksum !== here && row.durationMs === null)
      throw new BegunThenChangedError({ id, database, startedAt: row.createdAt, begun: row.checksum, here })
    if (row.checksum !== here) {
      throw new ChangedMigrationError({ id, database, appliedAt: row.createdAt, applied: row.checksum, here, bundle })
    }
  }

  const applied = new Set(history.map(idOf))
  const firstMissing = new Map<string, string>()
  for (const { id, domain } of order) {
    if (!applied.has(id)) {
      if (!firstMissing.has(domain)) firstMissing.set(domain, id)
      continue
    }
    if (firstMissing.size === 0) continue
    for (const needed of graph.closure(domain)) {
      const dependency = firstMissing.get(needed)
      if (dependency !== undefined) throw new HistoryOrderError({ id, dependency, database })
    }
  }
}

/** Throws what verifyHistory throws, UnknownMigrationError, UnknownDomainError. */
export function planUp(known: PlanInput, target: UpTarget = {}): Plan {
  const { order, graph, history } = known
  const last = target.to === undefined ? order.length : findMigration(order, target.to).position
  const domains = target.domain === undefined ? undefined : graph.closure(target.domain)
  verifyHistory(known)
  const done = finished(history)
  const steps = order.filter(
    ({ id, position, domain }) => position <= last && !done.has(id) && (domains?.has(domain) ?? true),
  )
  return { direction: 'up', steps, applied: done.size, total: order.length }
}

/**
 * Steps in the order in which they revert.
 * Throws what verifyHistory throws, UnknownMigrationError, UnknownDomainError, IrreversibleError, BuiltOnError.
 */
export function planDown(known: PlanInput, target: DownTarget): Plan {
  const { order, graph, history } = known
  const keep = target.kind === 'to' ? findMigration(order, target.id).position : 0
  const { domain } = target
  if (domain !== undefined) graph.closure(domain)
  verifyHistory(known)
  const has = new Set(history.map(idOf))
  const newestFirst = order
    .filter((one) => has.has(one.id) && one.position > keep && (domain === undefined || one.domain === domain))
    .reverse()
  const steps = target.kind === 'steps' ? newestFirst.slice(0, target.steps) : newestFirst
  const barrier = steps.find((step) => step.irreversible !== undefined)
  if (barrier !== undefined) {
    throw new IrreversibleError({
      id: barrier.id,
      reason: barrier.irreversible as string,
      requested: requestText(target),
    })
  }
  if (domain !== undefined) assertNothingBuildsOn(known, steps, has)
  return { direction: 'down', steps, applied: finished(history).size, total: order.length }
}

/** A migration builds on those before it in the domains that its domain needs, so these must not go from under it. Throws BuiltOnError. */
function assertNothingBuildsOn(
  { order, graph, database }: PlanInput,
  steps: readonly Planned[],
  has: ReadonlySet<string>,
) {
  const lowest = steps.at(-1)
  if (lowest === undefined) return
  const others = order.filter(
    ({ id, domain, position }) =>
      has.has(id) && domain !== lowest.domain && position > lowest.position && graph.closure(domain).has(lowest.domain),
  )
  if (others.length === 0) return
  const before = order[lowest.position - 2]
  throw new BuiltOnError({
    id: lowest.id,
    domain: lowest.domain,
    others: others.map(({ id }) => id),
    database,
    instead: before === undefined ? '--all' : `--to ${before.id}`,
  })
}

/**
 * A plan for the steps that a person agreed to revert and that are still applied. `seen` is the history that the person saw: a migration
 * that was applied since then and comes after the first of the steps may build on them.
 * Throws what verifyHistory throws, HistoryMovedError.
 */
export function planAgreed(known: PlanInput, agreed: readonly Planned[], seen: readonly HistoryRow[]): Plan {
  verifyHistory(known)
  const { order, history, database } = known
  const before = new Set(seen.map(idOf))
  const has = new Set(history.map(idOf))
  const steps = agreed.filter(({ id }) => has.has(id))
  const lowest = Math.min(...steps.map(({ position }) => position))
  const newcomers = order.filter(({ id, position }) => position > lowest && has.has(id) && !before.has(id))
  if (newcomers.length > 0) throw new HistoryMovedError({ newcomers: newcomers.map(({ id }) => id), database })
  return { direction: 'down', steps, applied: finished(history).size, total: order.length }
}

function requestText(target: DownTarget): string {
  const domain = target.domain === undefined ? '' : ` --domain ${target.domain}`
  switch (target.kind) {
    case 'steps':
      return `down --steps ${target.steps}${domain}`
    case 'to':
      return `down --to ${target.id}${domain}`
    case 'all':
      return `down --all${domain}`
  }
}

/** By id (`auth/001_sessions`), by domain and number (`auth/001`) or by number in the run (`9`). Throws UnknownMigrationError. */
export function findMigration(order: readonly Planned[], reference: string): Planned {
  const byPosition = /^\d+$/.test(reference) ? order[Number(reference) - 1] : undefined
  const found =
    byPosition ??
    order.find(({ id }) => id === reference || (/^[^/]+\/\d+$/.test(reference) && id.startsWith(`${reference}_`)))
  if (found !== undefined) return found
  const words =
    reference
      .split('/')
      .at(-1)
      ?.replace(/^\d+_?/, '') ?? ''
  const domain = reference.includes('/') ? reference.split('/')[0] : undefined
  const similar = order
    .map(({ id }) => id)
    .filter((id) => (words !== '' && id.includes(words)) || (domain !== undefined && id.startsWith(`${domain}/`)))
  throw new UnknownMigrationError({ id: reference, similar })
}
