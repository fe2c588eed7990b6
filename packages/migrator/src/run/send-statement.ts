/**
 * Sends a statement of a migration so that the server runs exactly the statements that sql/statements reads in its text. A COMMIT that the
 * lexer took for a part of a string or a name would otherwise end the run's transaction. Each statement goes out in PostgreSQL's extended
 * protocol, in which the server refuses a text that it reads as more than one statement (42601). A text without a semicolon can only be
 * one statement and needs no reading.
 */
import type { QueryResult, DatabaseError as ServerError } from 'pg'
import { type Client, sqlState } from '../database/connect.ts'
import { send, sendSingle } from '../database/pipeline.ts'
import type { Token } from '../sql/lexer.ts'
import { statements } from '../sql/statements.ts'
import type { Statement } from '../statement.ts'

/**
 * The answer to the last statement of the text, or the first failure. The text may have several statements only inside a transaction: there
 * none of them can have an effect after a failure.
 */
export function sendStatement(client: Client, statement: Statement): Promise<QueryResult> {
  const { sql, parameters } = statement
  if (parameters.length > 0 || !sql.includes(';')) return send(client, statement)
  const found = statements(sql)
  if (found.length === 0) return send(client, statement)
  if (found.length === 1) return sendSingle(client, sql)
  const answer = lastOf(found.map((tokens) => sendPart(client, sql, tokens)))
  answer.catch(() => {})
  return answer
}

async function sendPart(client: Client, sql: string, tokens: readonly Token[]): Promise<QueryResult> {
  const [first, last] = [tokens[0], tokens.at(-1)] as [Token, Token]
  try {
    return await sendSingle(client, sql.slice(first.start, last.start + last.text.length))
  } catch (error) {
    // The server counts characters from the beginning of what it was sent; a message shows the whole text.
    const { position } = error as ServerError
    if (sqlState(error) !== undefined && position !== undefined)
      (error as { position?: string }).position = String(Number(position) + [...sql.slice(0, first.start)].length)
    throw error
  }
}

async function lastOf(answers: readonly Promise<QueryResult>[]): Promise<QueryResult> {
  const settled = await Promise.allSettled(answers)
  for (const one of settled) if (one.status === 'rejected') throw one.reason
  return (settled.at(-1) as PromiseFulfilledResult<QueryResult>).value
}
