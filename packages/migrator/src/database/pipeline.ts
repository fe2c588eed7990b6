/**
 * Statements sent without waiting for the one before (pg's pipeline mode). Each keeps its own answer and error; after a failure inside
 * a transaction the rest answer 25P02, which says nothing new, so the first failure is the one that counts.
 */
import type { QueryResult } from 'pg'
import type { Statement } from '../statement.ts'
import type { Client } from './connect.ts'

/** The answer can be awaited at any later time: an early failure is not reported as unhandled. */
export function send(client: Client, { sql, parameters }: Statement): Promise<QueryResult> {
  const answer = parameters.length === 0 ? client.query(sql) : client.query(sql, [...parameters])
  answer.catch(() => {})
  return answer
}

/** All of them in one round trip. Throws the first failure, after all have been answered. */
export async function sendAll(client: Client, statements: readonly Statement[]): Promise<QueryResult[]> {
  const settled = await Promise.allSettled(statements.map((statement) => send(client, statement)))
  return settled.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  })
}
