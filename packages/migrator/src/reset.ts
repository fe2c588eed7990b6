/**
 * A lab database, emptied: what the domains own in public, or all of it. Nothing is dropped by CASCADE, so that no other schema can lose
 * anything; what cannot be dropped yet is tried again once what depended on it is gone.
 */
import type { DatabaseError as ServerError } from 'pg'
import { ResetBlockedError, ResetConnectionsError } from './audit/errors.ts'
import { readCatalog } from './catalog/read.ts'
import type { Catalog } from './catalog/types.ts'
import { type Client, sqlState } from './connect.ts'
import { RunLockHeldError } from './errors.ts'
import { HISTORY_TABLE } from './history.ts'
import { lockHolder, sessionText, toSession, tryRunLock } from './lock.ts'
import type { Ownership } from './ownership.ts'
import { sendAll, text } from './pipeline.ts'
import type { Statement } from './render.ts'

const LOCK_TIMEOUT_MS = '2000'
const DEPENDENTS = '2BP01'

/** One DROP, and what it is about. */
export interface Drop {
  readonly sql: string
  readonly objects: readonly string[]
}

/** What to drop. Pure. `ownership`: only what a domain's migration makes, and the history; without it everything in public. */
export function dropsOf(catalog: Catalog, ownership: Ownership | undefined): Drop[] {
  const isMeant = (kind: 'relation' | 'function' | 'type', name: string) =>
    ownership === undefined ||
    ownership.makerOf(kind, name) !== undefined ||
    (kind === 'relation' && name === HISTORY_TABLE)
  const own = <T extends { extension: string | null }>(objects: readonly T[]) =>
    objects.filter(({ extension }) => extension === null)
  const relations = <T extends { name: string; extension: string | null }>(objects: readonly T[]) =>
    own(objects).filter(({ name }) => isMeant('relation', name))

  const tables = relations(catalog.tables)
  // A partition goes with its parent, by whichever name it goes.
  const ordinary = [
    ...tables.filter(({ kind }) => kind !== 'foreign'),
    ...own(catalog.tables).filter(
      (table) =>
        table.partition &&
        !tables.includes(table) &&
        table.parents.some((parent) => tables.some(({ name }) => name === parent)),
    ),
  ]
  return [
    ...relations(catalog.views).map(({ name, materialized }) =>
      drop(`${materialized ? 'materialized ' : ''}view`, name),
    ),
    ...tables.filter(({ kind }) => kind === 'foreign').map(({ name }) => drop('foreign table', name)),
    ...(ordinary.length === 0 ? [] : [together(ordinary.map(({ name }) => name))]),
    ...own(catalog.functions)
      .filter(({ signature }) => isMeant('function', signature))
      .map(({ name, signature }) => ({
        sql: `drop routine public.${identifier(name)}${signature.slice(name.length)}`,
        objects: [`function ${signature}`],
      })),
    ...own(catalog.types)
      .filter(({ name }) => isMeant('type', name))
      .map(({ name, kind }) => drop(kind === 'domain' ? 'domain' : 'type', name)),
    // One that a column owns goes with its table.
    ...relations(catalog.sequences.filter(({ ownedBy }) => ownedBy === null)).map(({ name }) => drop('sequence', name)),
  ]
}

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`
const drop = (kind: string, name: string): Drop => ({
  sql: `drop ${kind} public.${identifier(name)}`,
  objects: [`${kind} ${name}`],
})

/** In one statement, since tables may reference each other in a circle. */
const together = (names: readonly string[]): Drop => ({
  sql: `drop table ${names.map((name) => `public.${identifier(name)}`).join(', ')}`,
  objects: names.map((name) => `table ${name}`),
})

const otherSessions = text(`select pid, application_name as application, coalesce(usename, '') as "user",
  coalesce(host(client_addr), 'local') as client, coalesce(state, '') as state,
  round(extract(epoch from clock_timestamp() - backend_start) * 1000)::float8 as age_ms
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
order by pid`)

/**
 * Opens the transaction that `dropAll` ends: nobody else is connected, no run is under way, and what stands in public.
 * Throws ResetConnectionsError, RunLockHeldError.
 */
export async function openReset(client: Client, database: string): Promise<Catalog> {
  const [, , lock, holder, sessions] = await sendAll(client, [
    text('begin isolation level read committed, read write'),
    text(`select set_config('lock_timeout', $1, true), set_config('search_path', 'public', true)`, LOCK_TIMEOUT_MS),
    tryRunLock,
    lockHolder,
    otherSessions,
  ])
  const others = sessions!.rows.map((row) => sessionText(toSession(row)))
  if (!lock!.rows[0]!.held) {
    const [who] = holder!.rows.map((row) => sessionText(toSession(row)))
    throw new RunLockHeldError({ holder: who ?? 'a session that has ended', waitedMs: 0 })
  }
  if (others.length > 0) throw new ResetConnectionsError({ database, sessions: others })
  return readCatalog(client)
}

/** All or nothing. Throws ResetBlockedError, ResetConnectionsError for somebody who came meanwhile, and what the server answers. */
export async function dropAll(client: Client, drops: readonly Drop[], database: string): Promise<void> {
  let waiting = drops
  while (waiting.length > 0) {
    const blocked: { drop: Drop; error: ServerError }[] = []
    for (const one of waiting) {
      const error = await attempt(client, text(one.sql))
      if (error !== undefined) blocked.push({ drop: one, error })
    }
    if (blocked.length === waiting.length) {
      const { error } = blocked[0]!
      throw new ResetBlockedError({ detail: error.detail ?? error.message }, error)
    }
    waiting = blocked.map(({ drop: one }) => one)
  }
  const [sessions] = await sendAll(client, [otherSessions])
  const came = sessions!.rows.map((row) => sessionText(toSession(row)))
  if (came.length > 0) throw new ResetConnectionsError({ database, sessions: came })
  await sendAll(client, [text('commit')])
}

/** Answers the error if something depends on it, and leaves the transaction as it was before. */
async function attempt(client: Client, statement: Statement): Promise<ServerError | undefined> {
  await sendAll(client, [text('savepoint attempt')])
  try {
    await sendAll(client, [statement, text('release savepoint attempt')])
    return undefined
  } catch (error) {
    if (sqlState(error) !== DEPENDENTS) throw error
    await sendAll(client, [text('rollback to savepoint attempt'), text('release savepoint attempt')])
    return error as ServerError
  }
}
