/** Why a check for monitoring could not read what it needs. It never waits, so it says who is in the way. */
import { databaseError, lockError } from '../errors.ts'

export class HistoryLockedError extends lockError<{
  database: string
  /** Who holds the table: a session in words. */
  holder: string
}>(
  ({ database, holder }) =>
    `public.migration_history of ${database} is locked exclusively by ${holder}. A check waits for nobody, so it has read nothing.\n` +
    'The end of `down --all` does that for a moment. Ask again; if it stays so, look at that session in pg_stat_activity.',
) {}

export class HistoryForbiddenError extends databaseError<{
  database: string
  user: string
  grantee: string
  serverMessage: string
}>(
  ({ database, user, grantee, serverMessage }) =>
    `The user "${user}" may not read public.migration_history of ${database}, which is all that a check has to read: ${serverMessage}.\n` +
    `As the table's owner: GRANT SELECT ON public.migration_history TO ${grantee};\n` +
    'The roles that npx nx run migrator:grants makes have that right.',
) {}
