/**
 * The statements of a text, together with the statements in its strings that the server will run: the bodies of DO blocks and functions,
 * and the strings that these bodies EXECUTE. SQL that is put together at run time is not seen.
 */
import type { Token } from './lexer.ts'
import { word } from './names.ts'
import { objectStatement } from './objects.ts'
import { createsRoutine, statements } from './statements.ts'
import { stringValue } from './strings.ts'

export function statementsWithin(sql: string): Token[][] {
  return statements(sql).flatMap((statement) => {
    const hasBody = word(statement[0]) === 'do' || createsRoutine(statement)
    return hasBody ? [statement, ...stringsIn(statement).flatMap(bodyStatements)] : [statement]
  })
}

/** Most strings in a body are messages and values. A string counts as SQL only if it creates, drops or alters something. */
function bodyStatements(body: string): Token[][] {
  return statements(body).flatMap((statement) => [
    statement,
    ...stringsIn(statement)
      .flatMap(bodyStatements)
      .filter((inner) => objectStatement(inner) !== undefined),
  ])
}

const stringsIn = (statement: readonly Token[]): string[] =>
  statement.filter(({ kind }) => kind === 'string').map(stringValue)
