/** A failure as a person and as a program read it. Pure. */
import { MigratorError } from '../errors.ts'

/** Of an error that nobody foresaw, the stack too: it is a defect of this tool, and whoever mends it needs it. */
export function errorText(error: unknown): string {
  if (error instanceof MigratorError) return error.message
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `This should not happen, and is a defect of the migrator:\n${stack}`
}

/** `code` is the class's name; every name in the message is a field of its own. */
export function errorDocument(error: unknown): Record<string, unknown> {
  if (!(error instanceof MigratorError)) return { code: 'Defect', message: errorText(error) }
  const { name, exitCode, message } = error
  // Neither the stack nor the cause is among these: both are for whoever mends the tool.
  const fields = Object.entries(error).filter(([field]) => field !== 'name' && field !== 'exitCode')
  return { code: name, exitCode, message, ...Object.fromEntries(fields) }
}
