/** What a plan cannot be made of: a target that is not there, a history that this checkout does not build on. */
import { bulleted, databaseError, usageError } from '../errors.ts'

export class UnknownMigrationError extends usageError<{ id: string; similar: readonly string[] }>((fields) => {
  const hint = fields.similar.length > 0 ? ` Did you mean:\n${bulleted(fields.similar, 5)}\n` : '\n'
  return `There is no migration "${fields.id}".${hint}All of them: npx nx run migrator:plan`
}) {}

export class IrreversibleError extends usageError<{ id: string; reason: string; requested: string }>(
  (fields) =>
    `${fields.id} is irreversible, and ${fields.requested} would have to revert it. Nothing was reverted.\n` +
    `Its reason: ${fields.reason}\n` +
    `Stop after it with: npx nx run migrator:down --to ${fields.id}`,
) {}

export class ChangedMigrationError extends databaseError<{
  id: string
  database: string
  appliedAt: Date
  applied: string
  here: string
}>(
  (fields) =>
    `${fields.id} was applied to ${fields.database} on ${fields.appliedAt.toISOString()} with the checksum ` +
    `${fields.applied.slice(0, 12)}, but here it renders ${fields.here.slice(0, 12)}: it has been edited since. Nothing was run.\n` +
    'Restore its text (git log -- its file and src/conventions), and put the change into a new migration.',
) {}

export class UnknownAppliedError extends databaseError<{ ids: readonly string[]; database: string }>(
  (fields) =>
    `${fields.database} has ${fields.ids.length === 1 ? 'a migration' : 'migrations'} that this checkout does not know:\n` +
    `${bulleted(fields.ids)}\nThe checkout is older than the database, or a file was removed. Nothing was run. ` +
    'Take the newest version of the repository (git pull) and run it again.',
) {}

export class HistoryOrderError extends databaseError<{ id: string; dependency: string; database: string }>(
  (fields) =>
    `${fields.id} is applied to ${fields.database}, but ${fields.dependency}, which stands before it and which it builds on, ` +
    'is not. Nothing was run.\nIf a merge moved the lines of migrations.lock, put the line of ' +
    `${fields.dependency} behind ${fields.id}; otherwise revert ${fields.id} first with the checkout that applied it.`,
) {}

export class HistoryMovedError extends databaseError<{ newcomers: readonly string[]; database: string }>(
  (fields) =>
    `While this waited, another run applied to ${fields.database}:\n${bulleted(fields.newcomers)}\n` +
    'It may build on what was to be reverted. Nothing was reverted. Look again and decide: npx nx run migrator:status',
) {}
