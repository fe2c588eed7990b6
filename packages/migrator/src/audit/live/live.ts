/**
 * Reads the audited database in one read-only transaction that is rolled back, so that nothing in the database changes.
 * The database needs no history, and the role no special rights: the catalogues are open to everybody. What cannot be looked at is named.
 */
import { SchemaChangedError } from '../../catalog/errors.ts'
import { readCatalog } from '../../catalog/read.ts'
import type { Catalog } from '../../catalog/types.ts'
import { withoutRepairs } from '../../catalog/without-repairs.ts'
import { type Client, sqlState } from '../../database/connect.ts'
import { QueryFailedError } from '../../database/errors.ts'
import type { HistoryRow } from '../../database/history.ts'
import { sendAll } from '../../database/pipeline.ts'
import { type Limits, sessionSettings } from '../../database/session.ts'
import { targetText } from '../../database/target.ts'
import { MigratorError, reason } from '../../errors.ts'
import { statement } from '../../statement.ts'
import { AuditServerTooOldError } from '../errors.ts'
import { liveHistory } from './live-history.ts'
import { type AskedSchemas, existingSchemas, schemasToRead } from './live-schemas.ts'

/** Advice by SQLSTATE: 55P03, a query waited too long for a lock; 57014, a query ran too long. */
const ADVICE: Readonly<Record<string, string>> = {
  '55P03':
    ' (another session holds a lock on a catalogue of the server; run it again when that transaction has ended, pg_stat_activity names it)',
  '57014': ' (--statement-timeout of audit gives a query longer)',
}
const OLDEST_SERVER = 120_000

/** How often a reading is begun anew when somebody changes the schema meanwhile. */
const ATTEMPTS = 20
/** What is locked is known before and passed over, so only a lock that was taken since is waited for. */
const LOCK_WAIT_MS = 300
/** What a reading may fail with when somebody drops, makes or locks something at that moment. XX000: a cache lookup failed. */
const CHANGED_MEANWHILE = new Set(['XX000', '42P01', '42703', '42704', '42883', '3F000', '55P03', '40001', '40P01'])
/** Bytes that are no UTF-8: 22021. Characters that UTF-8 does not have: 22P05. */
const NO_UTF8 = new Set(['22021', '22P05'])

export interface Live {
  readonly catalog: Catalog
  /** The schemas that were read, the home schema first. */
  readonly schemas: readonly string[]
  /** Null where the migrator never ran, where another tool made the table of that name, and where the table cannot be read. */
  readonly history: readonly HistoryRow[] | null
  /** False where there may be a history and it was not read. */
  readonly isHistoryKnown: boolean
  readonly notes: readonly string[]
}

/** Throws AuditServerTooOldError. */
export function assertReadable(version: { readonly number: number; readonly name: string }, target: string): void {
  if (version.number < OLDEST_SERVER) throw new AuditServerTooOldError({ target, version: version.name })
}

/** Throws AuditServerTooOldError, SchemaMissingError, SchemaChangedError, and QueryFailedError where the catalogue cannot be read. */
export async function readLive(client: Client, limits: Limits, asked?: AskedSchemas): Promise<Live> {
  let isRaw = false
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === ATTEMPTS
    try {
      return await readOnce(client, {
        limits: isLast ? limits : { ...limits, lockTimeoutMs: LOCK_WAIT_MS },
        asked,
        isRaw,
      })
    } catch (error) {
      const state = sqlState(error)
      const isChanged = error instanceof SchemaChangedError || CHANGED_MEANWHILE.has(state ?? '')
      if (!isLast && (isChanged || (!isRaw && NO_UTF8.has(state ?? '')))) {
        isRaw ||= NO_UTF8.has(state ?? '')
        continue
      }
      if (error instanceof MigratorError) throw error
      const doing = `reading the catalogue${ADVICE[state ?? ''] ?? ''}`
      throw new QueryFailedError({ doing, serverMessage: reason(error), sqlState: state }, error)
    }
  }
}

interface Once {
  readonly limits: Limits
  readonly asked: AskedSchemas | undefined
  /** The server sends the bytes that it has, and the driver puts U+FFFD for those that are no UTF-8. */
  readonly isRaw: boolean
}

const asUtf8 = statement('select')
const asBytes = statement(`select set_config('client_encoding', 'SQL_ASCII', true)`)

async function readOnce(client: Client, { limits, asked, isRaw }: Once): Promise<Live> {
  const begun = sendAll(client, [
    statement('begin isolation level repeatable read, read only'),
    sessionSettings(limits),
    statement(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
    ),
    isRaw ? asBytes : asUtf8,
    existingSchemas,
  ])
  try {
    const [, , version, , existing] = await begun
    const { number, version: name } = version!.rows[0]
    assertReadable({ number, name }, targetText(client.target))
    const schemas = schemasToRead(asked, existing!.rows[0].schemas, targetText(client.target))
    const whole = withoutRepairs(await readCatalog(client, { schemas, passesOver: true }))
    const { history, isHistoryKnown, notes, unread } = await liveHistory(client, whole)
    const catalog = { ...whole, unread: [...(whole.unread ?? []), ...unread] }
    return { catalog, schemas, history, isHistoryKnown, notes: [...(isRaw ? [bytesNote(whole)] : []), ...notes] }
  } finally {
    await sendAll(client, [statement('rollback')]).catch(() => {})
  }
}

const bytesNote = ({ encoding = '' }: Catalog): string =>
  `The database (encoding ${encoding}) has names or comments whose bytes are not UTF-8. Each such byte is shown as \uFFFD; a statement with one of them does not run as it is written here.`
