/**
 * An empty stand-in for the chat server's schema, for integration tests that need both services' tables in one database. Tests must ask for
 * it. It is no part of the plan: the real schema belongs to the chat server, and `up` never creates it.
 *
 *     await createChatSchema(db.client)
 */
import { readFileSync } from 'node:fs'

/** The part of a connection that is needed here; pg's clients and pools have it. */
export interface Connection {
  query(sql: string): Promise<{ rows: any[] }>
}

export class ChatSchemaRefusedError extends Error {
  constructor(reason: string) {
    super(`The stand-in for the chat schema was not created: ${reason}. It is for integration tests only.`)
    this.name = 'ChatSchemaRefusedError'
  }
}

const schema = readFileSync(new URL('chat.sql', import.meta.url), 'utf8')
const SCHEMA_EXISTS = '42P06'

/** Creates all of the schema or nothing. Throws ChatSchemaRefusedError in production and if there is a schema `chat` already. */
export async function createChatSchema(client: Connection, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  if (env.NODE_ENV === 'production') throw new ChatSchemaRefusedError('NODE_ENV is "production"')
  try {
    // The server runs all statements of one query message in one transaction.
    await client.query(schema)
  } catch (error) {
    if ((error as { code?: string }).code !== SCHEMA_EXISTS) throw error
    throw new ChatSchemaRefusedError('this database has a schema chat already')
  }
}
