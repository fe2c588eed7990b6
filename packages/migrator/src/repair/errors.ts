/** Why a repair was not made. In each case nothing was changed. */
import type { RepairAction } from '../database/own-tables.ts'
import { bulleted, databaseError, plural, usageError } from '../errors.ts'

type Action = Exclude<RepairAction, 'baseline'>

/** What the history says of a migration, held against this checkout. */
export type RowState = 'pending' | 'applied' | 'changed' | 'begun' | 'outdated' | 'lost'

export class RepairIdError extends usageError<{ given: string; similar: readonly string[]; database: string }>(
  ({ given, similar, database }) => {
    const hint = similar.length === 0 ? '' : ` Did you mean:\n${bulleted(similar, 5)}`
    return (
      `"${given}" is the full id of no migration, neither of this checkout nor of the history of ${database}. ` +
      `A repair takes no short form, so that it cannot mean another one.${hint}\n` +
      'All ids: npx nx run migrator:status'
    )
  },
) {}

export class RepairActionMissingError extends usageError(
  () =>
    'repair does one thing at a time; say which:\n' +
    '  --accept-checksum  a migration was edited after it was applied, and what is here is right\n' +
    '  --forget           the history has a migration that this checkout does not know, and it will not come back\n' +
    '  --mark-done        a migration was begun, its end is not recorded, and what it does is done\n' +
    '  --mark-undone      a migration was begun, its end is not recorded, and nothing of it is left\n' +
    'What the database has, and what is wrong with it: npx nx run migrator:status',
) {}

/** A sentence goes on with it after the id. */
export const STATES: Readonly<Record<RowState, string>> = {
  pending: 'has no row in the history: it is pending',
  applied: 'is applied as it is here, so there is nothing to repair',
  changed: 'is applied, with another checksum than it has here',
  begun: 'was begun, and its end is not recorded',
  outdated: 'was begun with another checksum than it has here, and its end is not recorded',
  lost: 'is in the history, and this checkout does not know it',
}

const MEANT_FOR: Readonly<Record<Action, string>> = {
  'accept-checksum': 'a migration that is in the history with another checksum than it has here',
  forget: 'a migration that is in the history and that this checkout does not know',
  'mark-done': 'a migration that was begun as it is here, and whose end is not recorded',
  'mark-undone': 'a migration that was begun, and whose end is not recorded',
}

/** The command that makes a repair, for a message. */
const repairCommand = (id: string, action: Action): string =>
  `npx veza-migrator repair ${id} --${action} --reason "why"`

export class RepairDoesNotFitError extends usageError<{
  id: string
  database: string
  action: Action
  state: RowState
  /** The actions that are possible in this state. */
  fits: readonly Action[]
}>(({ id, database, action, state, fits }) => {
  const other =
    state === 'pending'
      ? 'To apply it: npx nx run migrator:up'
      : state === 'applied'
        ? 'What else is wrong, if anything: npx nx run migrator:status'
        : `What fits:\n${bulleted(fits.map((one) => repairCommand(id, one)))}`
  return `On ${database}, ${id} ${STATES[state]}. --${action} is for ${MEANT_FOR[action]}. Nothing was changed.\n${other}`
}) {}

export class RepairContradictedError extends databaseError<{
  id: string
  database: string
  action: Action
  /** What was found, each as part of a sentence. */
  found: readonly string[]
  remedies: readonly string[]
}>(
  ({ id, database, action, found, remedies }) =>
    `${database} contradicts --${action} for ${id}:\n${bulleted(found)}\nNothing was changed.\n${remedies.join('\n')}`,
) {}

/** The row was changed between the look that was shown and the change. */
export class HistoryRowMovedError extends databaseError<{ id: string; database: string }>(
  ({ id, database }) =>
    `What the history of ${database} says of ${id} is no longer what was shown. Nothing was changed.\n` +
    'Look again and decide: npx nx run migrator:status',
) {}

/** The row is not what the change was to make of it. */
export class RepairAlteredError extends databaseError<{ id: string; database: string }>(
  ({ id, database }) =>
    `In ${database} the change of the row of ${id} had another result than was shown. Something acts on public.migration_history when it is ` +
    'written, a trigger perhaps. Nothing was changed.\nLook for it (\\d public.migration_history in psql), take it away, then run this again.',
) {}

export class StrangeRepairsTableError extends databaseError<{ database: string }>(
  ({ database }) =>
    `${database} has a table public.migration_repairs that this migrator did not make, so the repair could not be recorded. Nothing was changed.\n` +
    'Rename that table, then run it again.',
) {}

export class RepairNotConfirmedError extends usageError<{ isAsked: boolean }>(({ isAsked }) =>
  isAsked
    ? 'Not confirmed: nothing was changed.'
    : 'A change of the history is asked about, and there is no terminal to ask on. Nothing was changed. ' +
      'To do it without being asked, add --yes.',
) {}

export class BaselineHistoryError extends databaseError<{ database: string; migrations: number }>(
  ({ database, migrations }) =>
    `${database} has a migration history already, with ${plural(migrations, 'migration')}. ` +
    'A baseline is for a database that was built without this migrator, from the files of sql. Nothing was changed.\n' +
    'What it has: npx nx run migrator:status\n' +
    'One wrong row in it: npx veza-migrator repair --help',
) {}
