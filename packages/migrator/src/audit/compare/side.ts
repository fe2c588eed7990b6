/** One of two databases that are compared, read in one read-only transaction. */
import type { Catalog, Unread } from '../../catalog/types.ts'
import type { Client } from '../../database/connect.ts'
import type { HistoryRow } from '../../database/history.ts'
import { sendAll } from '../../database/pipeline.ts'
import type { Limits } from '../../database/session.ts'
import type { Target } from '../../database/target.ts'
import { statement } from '../../statement.ts'
import { readLive } from '../live/live.ts'
import type { AskedSchemas } from '../live/live-schemas.ts'

export interface ComparedSide {
  readonly target: Target
  /** `18.4`. */
  readonly serverVersion: string
  readonly catalog: Catalog
  /** Null where no migration of this migrator is recorded, or where the record cannot be read. */
  readonly history: readonly HistoryRow[] | null
  /** False where the record of migrations cannot be read, which `unread` then says. */
  readonly isHistoryKnown: boolean
  readonly unread: readonly Unread[]
  /** Equal for two connections to one database, however each of them names it. */
  readonly identity: string
}

/** Two servers never start in the same microsecond and have a database of the same oid on the same port. Needs no special right. */
const identity = statement(
  `select concat_ws(' ', extract(epoch from pg_catalog.pg_postmaster_start_time()), current_setting('port'),
  (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())) as identity`,
)

/** Throws what readLive throws. */
export async function readSide(client: Client, limits: Limits, schemas?: AskedSchemas): Promise<ComparedSide> {
  const { catalog, history, isHistoryKnown } = await readLive(client, limits, schemas)
  const [answer] = await sendAll(client, [identity])
  return {
    target: client.target,
    serverVersion: client.serverVersion ?? '',
    catalog,
    history,
    isHistoryKnown,
    unread: catalog.unread ?? [],
    identity: answer!.rows[0].identity,
  }
}
