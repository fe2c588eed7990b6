/** kysely-codegen's reading of a database, once for all domains: its types are then written from this value, domain by domain. */
import type { Client } from '../database/connect.ts'
import { kyselyOn } from '../database/kysely.ts'
import { send } from '../database/pipeline.ts'
import { type DatabaseMetadata, introspector } from './codegen.ts'

export async function introspect(client: Client): Promise<DatabaseMetadata> {
  const db = await kyselyOn((sql, parameters) => send(client, { sql, parameters }))
  return introspector.introspect({ db })
}
