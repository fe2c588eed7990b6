/**
 * What the table of the history is made of, as a text that can be compared: its kind, its columns, and whatever could swallow or change
 * what is written to it.
 */
import { HISTORY_TABLE } from './history.ts'

/** An SQL query for one text; no row if there is no table. */
export const historyForm = `select concat_ws(' | ',
  case c.relkind when 'r' then 'table' when 'v' then 'view' when 'm' then 'materialized view' when 'p' then 'partitioned table'
    when 'f' then 'foreign table' else c.relkind::text end,
  (select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
  (select string_agg(o.conname, ', ' order by o.conname collate "C") from pg_constraint o where o.conrelid = c.oid and o.contype <> 'n'),
  (select 'triggers ' || string_agg(t.tgname::text || ' ' || t.tgenabled::text, ', ' order by t.tgname collate "C")
    from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal),
  (select 'rules ' || string_agg(r.rulename::text || ' ' || r.ev_enabled::text, ', ' order by r.rulename collate "C") from pg_rewrite r where r.ev_class = c.oid),
  case when c.relrowsecurity then 'row security' end)
from pg_class c where c.oid = to_regclass('public.${HISTORY_TABLE}')`

/** The columns of the table, with their types. history-proof.test.ts compares them with a table that was just made. */
export const HISTORY_COLUMNS: readonly string[] = [
  'id uuid',
  'domain text',
  'name text',
  'checksum text',
  'run_id uuid',
  'position integer',
  'duration_ms integer',
  'tool_version text',
  'applied_by text',
  'created_at timestamp with time zone',
]

const CONSTRAINTS: readonly string[] = [
  'chk_migration_history_checksum',
  'chk_migration_history_duration_ms',
  'chk_migration_history_position',
  'pk_migration_history',
  'uq_migration_history_domain_name',
]

/** The form of a table that was just made. */
export const NEW_HISTORY_FORM = ['table', HISTORY_COLUMNS.join(', '), CONSTRAINTS.join(', ')].join(' | ')
