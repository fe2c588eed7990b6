/** What is so, held against what must be so and against what was said. Pure: states and claims in, sentences about what is wrong out. */
import type { Claim } from './claim.ts'
import type { LabMigration } from './plans.ts'
import type { State } from './state.ts'

export interface Reference {
  readonly migrations: readonly LabMigration[]
  /** `prefixes[n]`: what a database holds after the first n migrations, made without the migrator. */
  readonly prefixes: readonly (readonly string[])[]
}

export interface Expected {
  readonly direction: 'up' | 'down'
  /** How many migrations the database had before the run. */
  readonly before: number
  /** False where the run could not find out what became of it: it may then say that it does not know. */
  readonly knowable: boolean
}

/** How many migrations a database may have: ordinary ones that stand together are applied together, whatever disturbs the run. */
export function mayHave(migrations: readonly LabMigration[]): readonly number[] {
  const isAlone = (at: number): boolean => migrations[at]?.transaction === false
  const isBoundary = (count: number): boolean =>
    count === 0 || count === migrations.length || isAlone(count - 1) || isAlone(count)
  return Array.from({ length: migrations.length + 1 }, (_, count) => count).filter(isBoundary)
}

/** The history names a prefix of the plan that ends between two pieces, and the database holds exactly what that prefix makes. */
export function inconsistencies({ migrations, prefixes }: Reference, state: State): string[] {
  const ids = migrations.map(({ id }) => id)
  const count = state.finished.length
  const expected = ids.slice(0, count)
  if (state.finished.join() !== expected.join())
    return [`the history has ${listed(state.finished)}, which is no beginning of the plan`]
  if (!mayHave(migrations).includes(count))
    return [`the history has ${listed(state.finished)}: a part of migrations that belong to one transaction`]
  const next = migrations[count]
  const begun = state.unfinished.length === 0 ? undefined : next
  if (state.unfinished.length > 1 || (begun !== undefined && state.unfinished[0] !== begun.id))
    return [`${listed(state.unfinished)} is recorded as begun, and the next of the plan is ${next?.id ?? 'none'}`]
  if (begun !== undefined && begun.transaction !== false)
    return [`${begun.id} is recorded as begun, and it is transactional`]
  const without = (lines: readonly string[]) =>
    begun?.builds === undefined ? lines : lines.filter((line) => !new RegExp(`\\b${begun.builds}\\b`).test(line))
  const wrong = differences(prefixes[count] ?? [], without(state.lines))
  const strangers = state.invalidIndexes.filter((name) => name !== begun?.builds)
  return [
    ...(wrong.length === 0
      ? []
      : [`the history names ${count} migrations, and the database differs from them:\n${wrong.join('\n')}`]),
    ...strangers.map((name) => `the index ${name} is INVALID, and no migration is recorded as begun that builds it`),
  ]
}

export function differences(expected: readonly string[], found: readonly string[]): string[] {
  const [wanted, there] = [new Set(expected), new Set(found)]
  return [
    ...expected.filter((line) => !there.has(line)).map((line) => `  missing: ${line}`),
    ...found.filter((line) => !wanted.has(line)).map((line) => `  too much: ${line}`),
  ].slice(0, 12)
}

/** What the run said, held against the history. */
export function untruths(
  claim: Claim,
  { migrations }: Reference,
  { finished, unfinished }: State,
  given: Expected,
): string[] {
  const { before, direction, knowable } = given
  const planned = direction === 'up' ? migrations.slice(before) : migrations.slice(0, before).toReversed()
  const moved = direction === 'up' ? finished.length - before : before - finished.length
  const done = planned.slice(0, Math.max(0, moved)).map(({ id }) => id)
  const is = `the history has ${finished.length} of ${migrations.length} migrations (${before} before)${unfinished.length > 0 ? `, and ${unfinished} as begun` : ''}`
  const says = (words: string, isTrue: boolean) => (isTrue ? [] : [`it says ${words}, but ${is}`])
  switch (claim.kind) {
    case 'killed':
      return []
    case 'wrong':
      return [claim.why]
    case 'unknown':
      return knowable ? ['it says that it does not know, and it could have known'] : []
    case 'nothing':
      return says('that nothing was applied', moved === 0 && unfinished.length === 0)
    case 'complete':
      return says('that all is applied', done.length === planned.length && unfinished.length === 0)
    case 'partly':
      return says(
        `that ${listed(claim.ids)} are committed`,
        done.join() === claim.ids.join() && unfinished.length === 0,
      )
    case 'halfway': {
      // On the way down, a migration that is recorded as begun counts as reverted no longer than as applied: its row is still there.
      const committed = direction === 'up' ? done : done.slice(0, claim.ids.length)
      return says(
        `that ${listed(claim.ids)} are committed and ${claim.id} is half done`,
        committed.join() === claim.ids.join() && unfinished.join() === claim.id,
      )
    }
  }
}

const listed = (ids: readonly string[]): string => (ids.length === 0 ? 'none' : ids.join(', '))
