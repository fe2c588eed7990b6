/**
 * Empties a lab database: drops what the domains own in public, or everything in public. CASCADE is never used, so that no other schema
 * can lose anything. An object that others still depend on is tried again after those were dropped.
 */
import type { DatabaseError as ServerError } from 'pg'
import { readCatalog } from '../catalog/read.ts'
import type { Catalog } from '../catalog/types.ts'
import { type Client, sqlState } from '../database/connect.ts'
import { HISTORY_TABLE } from '../database/history.ts'
import { lockHolder, sessionText, toSession, tryRunLock } from '../database/lock.ts'
import { sendAll } from '../database/pipeline.ts'
import { plainAnswers } from '../database/session.ts'
import type { Makers } from '../replay/makers.ts'
import { RunLockHeldError } from '../run/errors.ts'
import { quoted } from '../sql/names.ts'
import { type Statement, statement } from '../statement.ts'
import { ResetBlockedError, ResetLockTableError } from './errors.ts'
import { assertAlone, assertEmpty, assertMigrated, assertNoChildrenElsewhere } from './guards.ts'

const LOCK_TIMEOUT_MS = '2000'
const DEPENDENTS = '2BP01'
const OUT_OF_MEMORY = '53200'

/** One DROP statement and the objects that it drops. */
export interface Drop {
  readonly sql: string
  readonly objects: readonly string[]
  /** The ordinary and partitioned tables among the objects: only these have partitions, which are dropped with them. */
  readonly tables?: readonly string[]
}

/**
 * The drops, in order. Pure. With `makers`, only what a domain's migration made and the history: the record of repairs stays, as it does
 * after `down --all`. Without `makers`, everything in public.
 */
function dropsOf(catalog: Catalog, makers: Makers | undefined): Drop[] {
  const isMeant = (kind: 'relation' | 'function' | 'type', name: string) =>
    makers === undefined || makers.makerOf(kind, name) !== undefined || (kind === 'relation' && name === HISTORY_TABLE)
  const own = <T extends { extension: string | null }>(objects: readonly T[]) =>
    objects.filter(({ extension }) => extension === null)
  const relations = <T extends { name: string; extension: string | null }>(objects: readonly T[]) =>
    own(objects).filter(({ name }) => isMeant('relation', name))

  const tables = relations(catalog.tables)
  // A partition is dropped with its parent, even if no migration made a table of that name.
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
        sql: `drop routine public.${quoted(name)}${signature.slice(name.length)}`,
        objects: [`function ${signature}`],
      })),
    ...own(catalog.types)
      .filter(({ name }) => isMeant('type', name))
      .map(({ name, kind }) => drop(kind === 'domain' ? 'domain' : 'type', name)),
    // A sequence that a column owns is dropped with its table.
    ...relations(catalog.sequences.filter(({ ownedBy }) => ownedBy === null)).map(({ name }) => drop('sequence', name)),
  ]
}

const drop = (kind: string, name: string): Drop => ({
  sql: `drop ${kind} public.${quoted(name)}`,
  objects: [`${kind} ${name}`],
})

/** Drops all tables in one statement, since tables may reference each other in a circle. */
const together = (names: readonly string[]): Drop => ({
  sql: `drop table ${names.map((name) => `public.${quoted(name)}`).join(', ')}`,
  objects: names.map((name) => `table ${name}`),
  tables: names,
})

/**
 * Kinds of objects that the catalogue does not list and no domain makes. Dropping an operator family drops its operator classes too, so
 * classes come first, and a family with a class in another schema is not dropped at all.
 */
const rarities = statement(`select i.type, i.identity
from pg_depend d, pg_identify_object(d.classid, d.objid, 0) i
where d.refclassid = 'pg_namespace'::regclass and d.refobjid = to_regnamespace('public') and d.deptype = 'n'
  and i.type in ('operator class', 'operator family', 'operator', 'conversion', 'collation',
    'text search configuration', 'text search dictionary', 'text search parser', 'text search template')
  and not exists (select from pg_depend e where e.classid = d.classid and e.objid = d.objid and e.deptype = 'e')
  and not (i.type = 'operator family' and exists (select from pg_opclass o
    where o.opcfamily = d.objid and o.opcnamespace <> to_regnamespace('public')))
order by array_position(array['operator class', 'operator family'], i.type), i.type, i.identity`)

export interface Reset {
  /** The database's name, for messages. */
  readonly database: string
  /** If given, only what a domain's migration made and the history are dropped. If undefined, everything in public. */
  readonly makers: Makers | undefined
}

/**
 * Empties the database, all or nothing, and returns the dropped objects. `agree` gets the objects that would be dropped and throws to
 * refuse. No transaction is open while `agree` waits for a person, so the checks are made again afterwards.
 * Throws what openReset, dropAll and `agree` throw.
 */
export async function reset(
  client: Client,
  meant: Reset,
  agree?: (objects: readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  try {
    const shown = await openReset(client, meant)
    const objects = shown.flatMap((one) => one.objects)
    if (objects.length > 0 && agree !== undefined) {
      await sendAll(client, [statement('rollback')])
      await agree(objects)
      await openReset(client, meant)
    }
    await dropAll(client, shown, meant)
    return objects
  } finally {
    await sendAll(client, [statement('rollback')]).catch(() => {})
  }
}

/**
 * Opens the transaction that `dropAll` ends, checks that nobody else is connected and no run is under way, and returns the drops.
 * Throws ResetConnectionsError, ResetPreparedError, ResetNoHistoryError, RunLockHeldError.
 */
export async function openReset(client: Client, { database, makers }: Reset): Promise<Drop[]> {
  const [, , , lock, holder] = await sendAll(client, [
    statement('begin isolation level read committed, read write'),
    plainAnswers,
    statement(
      `select set_config('lock_timeout', $1, true), set_config('search_path', 'public', true)`,
      LOCK_TIMEOUT_MS,
    ),
    tryRunLock,
    lockHolder,
  ])
  if (!lock!.rows[0]!.held) {
    const [who] = holder!.rows.map((row) => sessionText(toSession(row)))
    throw new RunLockHeldError({ holder: who ?? 'a session that has ended', waitedMs: 0 })
  }
  await assertAlone(client, database)
  const catalog = await readCatalog(client)
  const drops = dropsOf(catalog, makers)
  if (makers === undefined) return [...drops, ...(await otherDrops(client))]
  if (drops.length > 0) await assertMigrated(client, catalog, database)
  return drops
}

async function otherDrops(client: Client): Promise<Drop[]> {
  const [found] = await sendAll(client, [rarities])
  return found!.rows.map(({ type, identity }) => ({
    sql: `drop ${type} ${identity}`,
    objects: [`${type} ${identity}`],
  }))
}

/**
 * Drops all or nothing. Throws ResetBlockedError, ResetLeftoversError, ResetLockTableError, what assertAlone throws if somebody has
 * connected meanwhile, and the server's own errors.
 */
export async function dropAll(client: Client, drops: readonly Drop[], { database, makers }: Reset): Promise<void> {
  const allObjects = makers === undefined
  try {
    const tables = drops.flatMap((one) => one.tables ?? [])
    await assertNoChildrenElsewhere(client, tables, allObjects)
    await dropInTurn(client, drops, allObjects)
    if (allObjects) await assertEmpty(client)
    await assertAlone(client, database)
    await sendAll(client, [statement('commit')])
  } catch (error) {
    if (sqlState(error) !== OUT_OF_MEMORY) throw error
    const objects = drops.flatMap((one) => one.objects).length
    throw new ResetLockTableError({ objects, detail: (error as ServerError).message }, error)
  }
}

async function dropInTurn(client: Client, drops: readonly Drop[], allObjects: boolean): Promise<void> {
  let waiting = drops
  while (waiting.length > 0) {
    const blocked: { drop: Drop; error: ServerError }[] = []
    for (const one of waiting) {
      const error = await attempt(client, statement(one.sql))
      if (error !== undefined) blocked.push({ drop: one, error })
    }
    if (blocked.length === waiting.length) {
      const { error } = blocked[0]!
      throw new ResetBlockedError({ detail: error.detail ?? error.message, allObjects }, error)
    }
    waiting = blocked.map(({ drop: one }) => one)
  }
}

/** Tries one drop. If other objects depend on what it drops, returns the error and leaves the transaction as it was before. */
async function attempt(client: Client, drop: Statement): Promise<ServerError | undefined> {
  await sendAll(client, [statement('savepoint attempt')])
  try {
    await sendAll(client, [drop, statement('release savepoint attempt')])
    return undefined
  } catch (error) {
    if (sqlState(error) !== DEPENDENTS) throw error
    await sendAll(client, [statement('rollback to savepoint attempt'), statement('release savepoint attempt')])
    return error as ServerError
  }
}
