/** A failure as a person and as a program read it. Pure. */
import { MigratorError, RESERVED_FIELDS } from '../errors.ts'
import { thrownText } from '../thrown.ts'

/** For an error that is not a MigratorError, the stack too: such an error is a defect of this tool, and the stack helps to repair it. */
export function errorText(error: unknown): string {
  if (error instanceof MigratorError) return error.message
  const stack = stackOf(error) ?? thrownText(error)
  return `This should not happen, and is a defect of the migrator:\n${stack}`
}

function stackOf(error: unknown): string | undefined {
  try {
    const { stack } = error as Error
    return typeof stack === 'string' && stack !== '' ? stack : undefined
  } catch {
    return undefined
  }
}

/** `code` is the class's name; every name in the message is a field of its own. */
export function errorDocument(error: unknown): Record<string, unknown> {
  if (!(error instanceof MigratorError)) return { code: 'Defect', message: errorText(error) }
  const { name, exitCode, message } = error
  // Object.entries leaves out the stack and the cause, which help only to repair the tool.
  const fields = Object.entries(error).filter(([field]) => !RESERVED_FIELDS.some((reserved) => reserved === field))
  return { code: name, exitCode, message, ...Object.fromEntries(fields) }
}
