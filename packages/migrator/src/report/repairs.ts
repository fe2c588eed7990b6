/** What people did to the history, as `status` shows it. Pure. */
import { idOf } from '../database/history.ts'
import type { Repairs } from '../database/repairs.ts'
import type { Paint } from '../verb.ts'

const NOT_SHOWN = {
  forbidden: 'repairs: this user may not read migration_repairs',
  strange: 'repairs: the table migration_repairs was not made by this migrator',
} as const

/** A heading and a line for each, oldest first; nothing where there are none. */
export function repairsLines(repairs: Repairs, paint: Paint): string[] {
  if (repairs.kind === 'none') return []
  if (repairs.kind !== 'read') return ['', paint('yellow', NOT_SHOWN[repairs.kind])]
  if (repairs.repairs.length === 0) return []
  const longest = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length))
  const width = longest(repairs.repairs.map(idOf))
  const actionWidth = longest(repairs.repairs.map(({ action }) => action))
  return [
    '',
    paint('bold', 'repaired by hand'),
    ...repairs.repairs.map((one) => {
      const at = one.createdAt.toISOString().slice(0, 16).replace('T', ' ')
      return `     ${idOf(one).padEnd(width)}  ${paint('yellow', one.action.padEnd(actionWidth))}  ${paint('dim', `${at} UTC by ${one.appliedBy}:`)} ${one.reason}`
    }),
  ]
}

/** Null where the record cannot be read. */
export const repairsDocument = (repairs: Repairs) =>
  repairs.kind === 'none'
    ? []
    : repairs.kind === 'read'
      ? repairs.repairs.map((one) => ({
          id: idOf(one),
          action: one.action,
          reason: one.reason,
          by: one.appliedBy,
          at: one.createdAt.toISOString(),
          toolVersion: one.toolVersion,
          checksumBefore: one.checksumBefore,
          checksumAfter: one.checksumAfter,
        }))
      : null
