/** What the connection may do in its database: whether it may write at all, and which rights its user has. */
import { HISTORY_TABLE } from './history.ts'

export interface Access {
  readonly user: string
  /** The server is a standby. */
  readonly isInRecovery: boolean
  /** default_transaction_read_only is on, whoever set it. */
  readonly isReadOnlyByDefault: boolean
  /** In the schema public. */
  readonly canCreate: boolean
  readonly canMakeTemporary: boolean
  /** `SELECT`, `INSERT`, `UPDATE`, `DELETE` on the history, if there is one. */
  readonly missingOnHistory: readonly string[]
  /** Of the history; undefined if there is none. */
  readonly owner: string | undefined
  /** Whether the user owns the history, or has the rights of its owner. */
  readonly isOwner: boolean
}

const table = `to_regclass('public.${HISTORY_TABLE}')`

/** Columns of a query; `accessOf` reads them. */
export const accessColumns = `current_user::text as "user", pg_is_in_recovery() as in_recovery,
  current_setting('default_transaction_read_only') = 'on' as read_only,
  coalesce(has_schema_privilege(to_regnamespace('public'), 'create'), false) as can_create,
  has_database_privilege(current_database(), 'temporary') as can_make_temporary,
  array(select right_on from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) right_on
    where not has_table_privilege(${table}, right_on)) as missing_on_history,
  (select pg_get_userbyid(relowner)::text from pg_class where oid = ${table}) as history_owner,
  coalesce((select pg_has_role(relowner, 'usage') from pg_class where oid = ${table}), true) as is_owner`

export const accessOf = (row: Record<string, any>): Access => ({
  user: row.user,
  isInRecovery: row.in_recovery,
  isReadOnlyByDefault: row.read_only,
  canCreate: row.can_create,
  canMakeTemporary: row.can_make_temporary,
  missingOnHistory: row.missing_on_history,
  owner: row.history_owner ?? undefined,
  isOwner: row.is_owner,
})

/** With this no run can fail for want of a right to its own tables: nothing else has to be asked. */
export const isFull = (access: Access): boolean =>
  !access.isInRecovery &&
  !access.isReadOnlyByDefault &&
  access.canCreate &&
  access.canMakeTemporary &&
  access.missingOnHistory.length === 0 &&
  access.isOwner
