/**
 * The state of the database between two migrations, for the objects that the replay has touched. The state is kept in memory, since the
 * objects that a migration touches are known only after the migration, when the state before it can no longer be read.
 */
import type { DescribedObject, StepRecord, Unrestored } from './record.ts'

export class ReplayState {
  readonly #byKey = new Map<string, DescribedObject>()

  /** The objects that a migration touched, by name, in their state before the migration. */
  before({ changes, objects }: StepRecord): Map<string, DescribedObject> {
    const keys = new Set([...changes.map(({ root }) => root), ...objects.map(({ key }) => key)])
    return byName([...keys].flatMap((key) => this.#byKey.get(key) ?? []))
  }

  /** Takes over the state after a migration that stays applied. */
  update({ changes, objects }: StepRecord): void {
    for (const { root } of changes) this.#byKey.delete(root)
    this.refresh(objects)
  }

  refresh(objects: readonly DescribedObject[]): void {
    for (const described of objects) this.#byKey.set(described.key, described)
  }
}

export const byName = (objects: readonly DescribedObject[]): Map<string, DescribedObject> =>
  new Map(objects.map((described) => [described.object, described]))

/** Compares by name, not by id: an object that was dropped and made again is restored if its lines are the same. */
export function unrestored(
  before: ReadonlyMap<string, DescribedObject>,
  after: ReadonlyMap<string, DescribedObject>,
): Unrestored[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names.flatMap((object) => {
    const [was, is] = [before.get(object)?.lines ?? [], after.get(object)?.lines ?? []]
    const lost = missingFrom(was, is)
    const left = missingFrom(is, was)
    return lost.length + left.length > 0 ? [{ object, lost, left }] : []
  })
}

/** Lines of `these` that are missing in `those`. A line that is missing several times is returned several times. */
function missingFrom(these: readonly string[], those: readonly string[]): string[] {
  const count = new Map<string, number>()
  for (const line of those) count.set(line, (count.get(line) ?? 0) + 1)
  return these.filter((line) => {
    const left = count.get(line) ?? 0
    count.set(line, left - 1)
    return left <= 0
  })
}
