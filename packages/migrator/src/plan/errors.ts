/** Why no plan can be made: the target does not exist or cannot be reverted, or the history does not fit this checkout. */
import { type BundleIdentity, identityText } from '../bundle-identity.ts'
import { bulleted, databaseError, usageError } from '../errors.ts'

export class UnknownMigrationError extends usageError<{ id: string; similar: readonly string[] }>(({ id, similar }) => {
  const hint = similar.length > 0 ? ` Did you mean:\n${bulleted(similar, 5)}\n` : '\n'
  return `There is no migration "${id}".${hint}All of them: npx nx run migrator:plan`
}) {}

export class IrreversibleError extends usageError<{
  id: string
  reason: string
  /** The options that ask for it: `down --all`. */
  requested: string
}>(
  ({ id, reason, requested }) =>
    `${id} is irreversible, and ${requested} would have to revert it. Nothing was reverted.\n` +
    `Its reason: ${reason}\n` +
    `To revert only what came after it: npx nx run migrator:down --to ${id}`,
) {}

/** `down --domain` would take away what other domains stand on. `id`: the earliest migration that it would revert. */
export class BuiltOnError extends databaseError<{
  id: string
  domain: string
  others: readonly string[]
  database: string
  /** The options of a `down` that reverts the others as well. */
  instead: string
}>(
  ({ id, domain, others, database, instead }) =>
    `Migrations of other domains that are applied to ${database} build on ${domain} and come after ${id}, ` +
    `which would be reverted:\n${bulleted(others)}\nNothing was reverted.\n` +
    `To revert these as well: npx nx run migrator:down ${instead}`,
) {}

/** `applied` and `here` are checksums, 64 hexadecimal digits. */
export class ChangedMigrationError extends databaseError<{
  id: string
  database: string
  appliedAt: Date
  applied: string
  here: string
  /** The bundle that the run is from; undefined if it is from a repository. */
  bundle?: BundleIdentity | undefined
}>(({ id, database, appliedAt, applied, here, bundle }) => {
  const before = `${id} was applied to ${database} on ${appliedAt.toISOString()} with the checksum ${applied.slice(0, 12)}, but `
  return bundle === undefined
    ? `${before}here it renders ${here.slice(0, 12)}: it has been edited since. Nothing was run.\n` +
        'Undo the edit of its file, or of a module that it uses such as src/conventions (git log shows it), ' +
        'and put the change into a new migration.\n' +
        'If what is here is right and the database has it: ' +
        `npx veza-migrator repair ${id} --accept-checksum --reason "why"`
    : `${before}${bundle.file} (${identityText(bundle)}) has ${here.slice(0, 12)}. Nothing was run.\n` +
        'The bundle and the database come from two versions of the migration. Take a bundle of the branch that the database was migrated from.'
}) {}

export class UnknownAppliedError extends databaseError<{
  ids: readonly string[]
  database: string
  /** The bundle that the run is from; undefined if it is from a repository. */
  bundle?: BundleIdentity | undefined
}>(({ ids, database, bundle }) => {
  const has = `${database} has ${ids.length === 1 ? 'a migration' : 'migrations'} that `
  return bundle === undefined
    ? `${has}this checkout does not know:\n` +
        `${bulleted(ids)}\nThe checkout is older than the database, or a file was removed. Nothing was run. ` +
        'Take the newest version of the repository (git pull) and run it again.\n' +
        `If it was lost and will not come back: npx veza-migrator repair ${ids[0]} --forget --reason "why"`
    : `${has}${bundle.file} (${identityText(bundle)}) does not know:\n` +
        `${bulleted(ids)}\nThe bundle is older than the database, or was made from another branch. Nothing was run. ` +
        'Take a bundle that was made later, from a commit that has these migrations, and run that.'
}) {}

export class HistoryOrderError extends databaseError<{ id: string; dependency: string; database: string }>(
  ({ id, dependency, database }) =>
    `${id} is applied to ${database}, but ${dependency}, which stands before it and which it builds on, is not. ` +
    `Nothing was run.\nIf a merge moved the lines of migrations.lock, move the line of ${dependency} behind that of ${id}; ` +
    `otherwise revert ${id} first with the checkout that applied it.`,
) {}

/** `newcomers` were applied after the person had agreed to a `down`. */
export class HistoryMovedError extends databaseError<{ newcomers: readonly string[]; database: string }>(
  ({ newcomers, database }) =>
    `While this run waited, another run applied to ${database}:\n${bulleted(newcomers)}\n` +
    'They may build on what this run was to revert, so nothing was reverted. Look again and decide: npx nx run migrator:status',
) {}

/** A migration that was to run in the run's transaction has ended it, see TransactionEndedError of the run. */
export class HalfAppliedError extends databaseError<{ id: string; database: string; startedAt: Date }>(
  ({ id, database, startedAt }) =>
    `${id} was begun on ${database} on ${startedAt.toISOString()} and ended the run's transaction: a part of it may be applied. ` +
    'Nothing was run.\n' +
    'Look at what it did, then complete it or undo it by hand, and record which: ' +
    `npx veza-migrator repair ${id} --mark-done (or --mark-undone) --reason "why"`,
) {}

/** A migration outside a transaction was begun, and its file was changed before it was finished. */
export class BegunThenChangedError extends databaseError<{
  id: string
  database: string
  startedAt: Date
  begun: string
  here: string
}>(
  ({ id, database, startedAt, begun, here }) =>
    `${id} runs outside a transaction, was begun on ${database} on ${startedAt.toISOString()} with the checksum ${begun.slice(0, 12)}, ` +
    `and was interrupted. Here it renders ${here.slice(0, 12)}: it has been edited since, so nobody can tell what is left of it. ` +
    'Nothing was run.\n' +
    'Undo the edit and run up, which finishes it; or look at what it left, remove that by hand, and record it as not run: ' +
    `npx veza-migrator repair ${id} --mark-undone --reason "why"`,
) {}
