/** Event triggers: code that runs at each CREATE, ALTER or DROP, so also at those of the next migration. */
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'

export const eventTriggers = `select 'event trigger' as kind, t.evtname::text as name, null as table_schema, null as table_name,
  concat('ON ', t.evtevent,
    ' WHEN TAG IN (' || (select string_agg(quote_literal(tag), ', ' order by tag) from unnest(t.evttags) tag) || ')',
    ' EXECUTE FUNCTION ', t.evtfoid::regprocedure::text,
    case t.evtenabled when 'D' then ' (disabled)' when 'R' then ' (fires in replication only)' when 'A' then ' (fires in replication too)' end)
    as definition,
  ${commentOn('pg_event_trigger', 't.oid')} as comment, ${extensionOf('pg_event_trigger', 't.oid')} as extension
from pg_event_trigger t
order by t.evtname`
