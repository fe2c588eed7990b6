/**
 * Whether the database would let the run write: asked before anything runs, and by a dry run in the same words. Loaded only where the
 * connection has not every right, see `isFull`.
 */
import type { Client } from '../database/connect.ts'
import type { DatabaseState } from '../database/inspect.ts'
import { sendAll } from '../database/pipeline.ts'
import { statementsWithin } from '../sql/bodies.ts'
import { isPublic, quoted } from '../sql/names.ts'
import { objectStatement } from '../sql/objects.ts'
import { statement } from '../statement.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import { MissingRightsError, ReadOnlyDatabaseError, StandbyError } from './errors.ts'

export interface Wish {
  readonly steps: readonly Planned[]
  readonly direction: Direction
  readonly overrideReadOnly: boolean
  /** How messages name the database. */
  readonly target: string
}

/** Throws StandbyError, ReadOnlyDatabaseError, MissingRightsError. */
export async function assertWritable(client: Client, state: DatabaseState, wish: Wish): Promise<void> {
  await assertNotReadOnly(client, state, wish)
  const missing = missingRights(state, { ...wish, database: client.target.database })
  if (missing.length === 0) return
  throw new MissingRightsError({
    target: wish.target,
    user: state.access.user,
    missing: missing.map(({ what }) => what),
    grants: [...new Set(missing.map(({ grant }) => grant))],
  })
}

/** Throws StandbyError, ReadOnlyDatabaseError. */
export async function assertNotReadOnly(
  client: Client,
  { access }: DatabaseState,
  { target, overrideReadOnly }: Pick<Wish, 'target' | 'overrideReadOnly'>,
): Promise<void> {
  if (access.isInRecovery) throw new StandbyError({ target })
  if (!access.isReadOnlyByDefault || overrideReadOnly) return
  const [answer] = await sendAll(client, [whoSetIt])
  const { source, database } = answer!.rows[0] as { source: string; database: string }
  throw new ReadOnlyDatabaseError({ target, ...setting(source, access.user, database) })
}

const whoSetIt = statement(
  `select source, current_database()::text as database from pg_settings where name = 'default_transaction_read_only'`,
)

/** `source` as in pg_settings. Pure. */
export function setting(source: string, user: string, database: string): { setBy: string; reset: string } {
  const [role, base] = [quoted(user), quoted(database)]
  const reset = 'reset default_transaction_read_only'
  switch (source) {
    case 'database':
      return { setBy: `for the database "${database}"`, reset: `alter database ${base} ${reset}` }
    case 'user':
      return { setBy: `for the role "${user}"`, reset: `alter role ${role} ${reset}` }
    case 'database user':
      return {
        setBy: `for the role "${user}" in the database "${database}"`,
        reset: `alter role ${role} in database ${base} ${reset}`,
      }
    case 'global':
      return { setBy: 'for all roles', reset: `alter role all ${reset}` }
    case 'client':
      return {
        setBy: 'by this connection itself (options in the URL, or PGOPTIONS)',
        reset: 'take it out of the URL or of PGOPTIONS',
      }
    default:
      return {
        setBy: `for the whole server (${source})`,
        reset: `alter system ${reset}; select pg_reload_conf() - or postgresql.conf`,
      }
  }
}

interface Missing {
  readonly what: string
  readonly grant: string
}

const HISTORY = 'public.migration_history'

/** What the run would lack. Pure. */
function missingRights(
  { access, hasHistory, history }: DatabaseState,
  { steps, direction, database }: Pick<Wish, 'steps' | 'direction'> & { readonly database: string },
): Missing[] {
  const role = quoted(access.user)
  const onHistory = (right: string): Missing => ({
    what: `it has no right to ${right} on ${HISTORY}, which belongs to "${access.owner}"`,
    grant: `grant select, insert, update, delete on ${HISTORY} to ${role};`,
  })
  const create = (why: string): Missing => ({
    what: `it may not create anything in the schema public, and ${why}`,
    grant: `grant create on schema public to ${role};`,
  })
  const missing: Missing[] = []
  if (!access.canCreate) {
    const first = steps.find((step) => createsInPublic(step, direction))
    if (direction === 'up' && !hasHistory) missing.push(create('the migrator has to make its history there'))
    else if (first !== undefined) missing.push(create(`${first.id} does`))
  }
  const isOutside = steps.some(({ transaction }) => !transaction)
  const needed = [
    'SELECT',
    direction === 'up' ? 'INSERT' : 'DELETE',
    ...(isOutside ? ['INSERT', 'UPDATE', 'DELETE'] : []),
  ]
  missing.push(...access.missingOnHistory.filter((right) => needed.includes(right)).map(onHistory))
  if (direction === 'down' && !access.isOwner && steps.length === history.length)
    missing.push({
      what: `it may not drop ${HISTORY}, which belongs to "${access.owner}", when nothing is applied any more`,
      grant: `alter table ${HISTORY} owner to ${role};`,
    })
  const isBegun = history.some(({ durationMs }) => durationMs === null)
  if (!access.canMakeTemporary && isOutside && isBegun)
    missing.push({
      what: 'it may not make temporary tables, by which it would prove which index an interrupted migration has left',
      grant: `grant temporary on database ${quoted(database)} to ${role};`,
    })
  return missing
}

const MADE_IN_A_SCHEMA = new Set([
  'table',
  'view',
  'sequence',
  'index',
  'function',
  'procedure',
  'aggregate',
  'type',
  'domain',
])
/** A step that becomes another role has the rights of that role, which are not known here. */
const BECOMES = /\bset\s+(?:local\s+|session\s+)?(?:role|session\s+authorization)\b/i

function createsInPublic({ render }: Planned, direction: Direction): boolean {
  const { statements } = render[direction]
  if (statements.some(({ sql }) => BECOMES.test(sql))) return false
  return statements.some(({ sql }) =>
    statementsWithin(sql).some((words) => {
      const found = objectStatement(words)
      return (
        found?.verb === 'create' &&
        !found.temporary &&
        MADE_IN_A_SCHEMA.has(found.kind) &&
        (found.kind === 'index' ? true : found.names.some(isPublic))
      )
    }),
  )
}
