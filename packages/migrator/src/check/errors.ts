/** What keeps a proof from being made: a tool that it needs. */
import { workspaceError } from '../errors.ts'

export class LinterError extends workspaceError<{ detail: string }>(
  (fields) => `The linter squawk did not run: ${fields.detail}\nInstall it with the workspace: npm ci`,
) {}

export class PostgresInstallError extends workspaceError<{ major: number; command: string; detail: string }>(
  (fields) =>
    `PostgreSQL ${fields.major} could not be installed for the check: ${fields.detail}\n` +
    `Tried: ${fields.command}\nLeave it out of --postgres, or run the command by hand where the registry answers.`,
) {}
