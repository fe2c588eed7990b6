/**
 * Proof, right before a commit, that the history holds exactly the rows that it should: those from before, untouched in every column, and
 * those that this transaction was to add. Client and server make a digest of both and the server compares; if they differ, its error makes
 * the commit that follows a rollback. The digest over 10,000 rows takes some milliseconds.
 */
import { createHash } from 'node:crypto'
import type { DatabaseError as ServerError } from 'pg'
import { type Statement, statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { sqlState } from './connect.ts'
import { HISTORY_TABLE, type HistoryRow, idOf, ROW_VERSION, type RunIdentity } from './history.ts'
import { historyForm, NEW_HISTORY_FORM } from './history-form.ts'
import { inTransaction } from './own-transaction.ts'

export interface ExpectedHistory {
  readonly transactionId: string
  /** The table's form at the beginning of the transaction; undefined if the transaction makes the table. */
  readonly form: string | undefined
  readonly kept: readonly HistoryRow[]
  readonly added: readonly Planned[]
  readonly run: RunIdentity
}

const TAMPERED = 'VZ001'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
const sqlDigest = (text: string): string => `encode(sha256(convert_to(coalesce(${text}, ''), 'UTF8')), 'hex')`

const keptText = (rows: readonly HistoryRow[]): string =>
  rows
    .map(({ version }) => version)
    .sort()
    .join(',')

const addedText = (added: readonly Planned[], { runId, toolVersion, appliedBy }: RunIdentity): string =>
  added
    .toSorted((a, b) => a.position - b.position)
    .map(({ domain, name, checksum, position }) =>
      [domain, name, checksum, runId, position, toolVersion, appliedBy].join('|'),
    )
    .join(',')

/** Rows of this transaction have its time. Its functions are PostgreSQL's own, whatever a migration has made in public. */
export const proveHistory = ({ transactionId, form, kept, added, run }: ExpectedHistory): Statement =>
  statement(`do $proof$
declare
  form text;
  kept text;
  added text;
begin
  perform pg_catalog.set_config('search_path', 'pg_catalog', true), pg_catalog.set_config('row_security', 'off', true),
    pg_catalog.set_config('quote_all_identifiers', 'off', true);
  perform ${inTransaction(transactionId)};
  begin
    form := (${historyForm});
    select string_agg(version, ',' order by version collate "C") filter (where created_at <> now()),
      string_agg(concat_ws('|', domain, name, checksum, run_id, position, tool_version, applied_by), ',' order by position)
        filter (where created_at = now())
    into kept, added from (select *, ${ROW_VERSION} as version from public.${HISTORY_TABLE}) rows;
  exception when others then
    raise exception using errcode = '${TAMPERED}', message = 'the history cannot be read any more', detail = json_build_object('unreadable', sqlerrm)::text;
  end;
  if ${sqlDigest('form')} <> '${digest(form ?? NEW_HISTORY_FORM)}' or ${sqlDigest('kept')} <> '${digest(keptText(kept))}'
    or ${sqlDigest('added')} <> '${digest(addedText(added, run))}' then
    raise exception using errcode = '${TAMPERED}', message = 'the history is not what it should be', detail = json_build_object('form', form,
      'rows', (select json_agg(json_build_object('id', domain || '/' || name, 'version', version, 'isNew', created_at = now(),
        'values', concat_ws('|', domain, name, checksum, run_id, position, tool_version, applied_by)))
        from (select *, ${ROW_VERSION} as version from public.${HISTORY_TABLE}) rows))::text;
  end if;
end $proof$`)

interface Seen {
  readonly unreadable?: string
  readonly form?: string
  readonly rows?: readonly { id: string; version: string; isNew: boolean; values: string }[] | null
}

/** What differs, one line each, if `error` comes from `proveHistory`; otherwise undefined. */
export function historyDifferences(error: unknown, expected: ExpectedHistory): string[] | undefined {
  if (sqlState(error) !== TAMPERED) return undefined
  const seen = JSON.parse((error as ServerError).detail ?? '{}') as Seen
  if (seen.unreadable !== undefined) return [`it cannot be read any more: ${seen.unreadable}`]
  const missing = new Set([...expected.kept.map(idOf), ...expected.added.map(({ id }) => id)])
  const known = new Set(missing)
  const sound = new Set([
    ...expected.kept.map(({ version }) => version),
    ...expected.added.map((step) => addedText([step], expected.run)),
  ])
  const differences: string[] = []
  for (const { id, version, isNew, values } of seen.rows ?? []) {
    const isFirst = missing.delete(id)
    if (!known.has(id)) differences.push(`${id} has a row that no migration of this run was to write`)
    else if (!isFirst) differences.push(`${id} has two rows`)
    else if (!sound.has(isNew ? values : version)) differences.push(`the row of ${id} was changed`)
  }
  differences.push(...[...missing].map((id) => `the row of ${id} is gone`))
  const form = expected.form ?? NEW_HISTORY_FORM
  if (seen.form !== form) differences.push(`the table was ${form}, and is now ${seen.form ?? 'not there'}`)
  return differences
}
