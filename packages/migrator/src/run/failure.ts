/**
 * A failed statement → the error that a person reads: the migration, the statement, the server's message, and what is applied.
 */
import type { DatabaseError as ServerError } from 'pg'
import { sqlState } from '../database/connect.ts'
import { reason, StrayMigrationError } from '../errors.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import { type FailedStep, MigrationFailedError, type Outcome } from './errors.ts'

/** Where in a step something failed. `number` counts from 1. `of`: how many statements the step has; undefined for a dynamic step. */
export interface FailurePlace {
  readonly step: Planned
  readonly statement?: { readonly number: number; readonly of: number | undefined; readonly sql: string } | undefined
}

const CONTEXT_LINES = 3
const MAX_WIDTH = 160

export function migrationFailed(
  error: unknown,
  place: FailurePlace,
  direction: Direction,
  outcome: Outcome,
): MigrationFailedError {
  return new MigrationFailedError({ ...failedStep(error, place), direction, outcome }, error)
}

/** The parts of an error and its place that the message shows. */
export function failedStep(error: unknown, place: FailurePlace): FailedStep {
  const server: Partial<ServerError> = sqlState(error) === undefined ? {} : (error as ServerError)
  // An error without a SQLSTATE comes from the migration's own code, not from the statement.
  const statement = sqlState(error) === undefined ? undefined : place.statement
  return {
    id: place.step.id,
    statement: statement && {
      number: statement.number,
      of: statement.of,
      excerpt: excerpt(statement.sql, Number(server.position ?? 0)),
    },
    serverMessage: error instanceof StrayMigrationError ? `it ${error.what}` : reason(error),
    sqlState: sqlState(error),
    detail: server.detail,
    hint: server.hint,
  }
}

/** The lines around a position (characters from 1; 0 = unknown) with a mark under it, indented. */
export function excerpt(sql: string, position: number): string {
  const lines = sql.split('\n').map((line) => line.replace(/\r$/, ''))
  // The server counts code points; a JavaScript string stores some of them as two units.
  const before =
    position > 0
      ? [...sql]
          .slice(0, position - 1)
          .join('')
          .split('\n')
      : []
  const at = Math.max(0, before.length - 1)
  const from = Math.max(0, at - CONTEXT_LINES)
  const shown: string[] = []
  for (const [index, line] of lines.slice(from, at + CONTEXT_LINES + 1).entries()) {
    const column = from + index === at && position > 0 ? [...(before.at(-1) as string)].length : undefined
    // A line can be thousands of characters long: only the part around the mark is shown.
    const cut = column === undefined ? 0 : Math.max(0, column - MAX_WIDTH / 2)
    const head = cut > 0 ? '...' : ''
    const tail = line.length > cut + MAX_WIDTH ? '...' : ''
    shown.push(`  ${head}${line.slice(cut, cut + MAX_WIDTH)}${tail}`)
    if (column !== undefined) shown.push(`  ${' '.repeat(column - cut + head.length)}^`)
  }
  return shown.join('\n')
}
