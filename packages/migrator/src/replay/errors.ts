/** Errors that stop a replay. All of them happen on a throw-away database. */
import { bulleted, databaseError } from '../errors.ts'
import { type FailedStep, failedStepText } from '../run/errors.ts'

export class ReplayFailedError extends databaseError<
  FailedStep & {
    /** The server refused the commit, not a statement: a deferred constraint does that. */
    atCommit: boolean
    /** Which migrations were replayed; undefined = the whole plan. */
    part: string | undefined
  }
>((fields) => {
  const atCommit = fields.atCommit ? 'Its statements passed; it was its commit that the server refused.\n' : ''
  const meaning =
    fields.part === undefined
      ? 'The plan itself cannot be applied to an empty database. It was replayed on a throw-away one; nothing of yours was touched.\n' +
        'Prove it with: npx nx run migrator:check'
      : `Only a part of the plan was replayed, on a throw-away database: ${fields.part}. Nothing of yours was touched.\n` +
        'Prove the whole plan with: npx nx run migrator:check. If that passes, this part lacks a migration that it builds on.'
  return `${failedStepText(fields)}${atCommit}${meaning}`
}) {}

export class ReplayInterruptedError extends databaseError<{ id: string; detail: string }>(
  (fields) =>
    `The connection to the throw-away server was lost during the replay of ${fields.id}: ${fields.detail}\n` +
    'Nothing of yours was touched. Run it again; if it is lost at the same migration, prove that one with: npx nx run migrator:check',
) {}

export class UnseenMakerError extends databaseError<{ objects: readonly string[] }>(
  (fields) =>
    `The replay did not see which migration made these, so nobody can be said to own them:\n${bulleted(fields.objects)}\n` +
    'Who makes what is watched by an event trigger. Let no migration switch event triggers off (event_triggers = off, ' +
    'alter event trigger), and run it again.',
) {}
