/** Triggers made with CREATE TRIGGER. The internal triggers that PostgreSQL makes for foreign keys are not listed. */
import type { QueryResultRow } from 'pg'
import { commentOn } from './comment.ts'
import { unlessPassedOver } from './passed-over.ts'
import { ofTableOrView } from './tables.ts'
import type { Trigger } from './types.ts'
import { written } from './written.ts'

export const triggers = `select t.tgrelid as table_oid, t.tgname::text as name, case n.nspname when ($1::text[])[1] then 'public' else n.nspname end || '.' || p.proname as function,
  ${unlessPassedOver('t.tgrelid', 'pg_get_triggerdef(t.oid)')} as definition, t.tgenabled <> 'D' as enabled,
  t.tgenabled::text as fires, ${commentOn('pg_trigger', 't.oid')} as comment
from pg_trigger t ${ofTableOrView('t.tgrelid')}
join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = p.pronamespace
where not t.tgisinternal
order by t.tgrelid, t.tgname`

const FIRES: Readonly<Record<string, Trigger['fires']>> = { O: 'origin', R: 'replica', A: 'always', D: 'never' }

export function toTrigger(row: QueryResultRow, home: string): Trigger {
  const { name, function: routine, definition, enabled, fires, comment } = row
  // The definition names the table with its schema, before anything else.
  const own = written(definition, home, 1)
  return { name, function: routine, definition: own, enabled, fires: FIRES[fires]!, comment }
}
