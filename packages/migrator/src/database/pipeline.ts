/**
 * Statements sent without waiting for the answer to the previous one (pg's pipeline mode). Each has its own answer or error. After a
 * failure inside a transaction the others fail with 25P02, which says nothing new, so the first failure is the one that is reported.
 */
import type { QueryConfig, QueryResult } from 'pg'
import type { Statement } from '../statement.ts'
import type { Client } from './connect.ts'
import { owe } from './owed.ts'

/**
 * So much is gathered at most: the server begins with what has come, while the rest is still being put together. Little at first, so that it
 * begins soon.
 */
const GATHERED_BYTES = { first: 2048, next: 16_384 }

/** The connections that gather, and how much. */
const gathering = new WeakMap<Client, number>()

/** What is sent before Node turns to its events again goes out together: a system call and a packet for each statement would cost more. */
function gather(client: Client): void {
  const { stream } = client.connection
  const most = gathering.get(client)
  if (most !== undefined) {
    if (stream.writableLength < most) return
    gathering.set(client, GATHERED_BYTES.next)
    stream.uncork()
    stream.cork()
    return
  }
  gathering.set(client, GATHERED_BYTES.first)
  stream.cork()
  process.nextTick(() => {
    gathering.delete(client)
    stream.uncork()
  })
}

/** The answer can be awaited at any later time: Node does not report a failure before that as an unhandled rejection. */
export function send(client: Client, { sql, parameters }: Statement): Promise<QueryResult> {
  gather(client)
  const answer = parameters.length === 0 ? client.query(sql) : client.query(sql, [...parameters])
  owe(client, answer)
  return answer
}

/** In the extended protocol, in which the server takes one statement and refuses more. The answer is as that of `send`. */
export function sendSingle(client: Client, sql: string): Promise<QueryResult> {
  gather(client)
  const answer = client.query({ text: sql, queryMode: 'extended' } as QueryConfig)
  owe(client, answer)
  return answer
}

/** Sends all statements in one round trip. Throws the first failure, after all have been answered. */
export async function sendAll(client: Client, statements: readonly Statement[]): Promise<QueryResult[]> {
  const settled = await Promise.allSettled(statements.map((statement) => send(client, statement)))
  return settled.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  })
}
