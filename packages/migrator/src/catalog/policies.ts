/** Policies of row level security, and rules (CREATE RULE). Both change what a statement does without being named in it. */
import type { QueryResultRow } from 'pg'
import { commentOn } from './comment.ts'
import { unlessPassedOver } from './passed-over.ts'
import { ofTable, ofTableOrView } from './tables.ts'
import type { TablePart } from './types.ts'
import { written } from './written.ts'

export const policies = `select p.polrelid as table_oid, p.polname::text as name,
  concat_ws(' ', case when p.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end, 'FOR',
    case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end, 'TO',
    array_to_string(array(select case g.role when 0 then 'PUBLIC' else pg_get_userbyid(g.role)::text end
      from unnest(p.polroles) g (role) order by 1), ', '),
    'USING (' || ${unlessPassedOver('p.polrelid', 'pg_get_expr(p.polqual, p.polrelid)')} || ')',
    'WITH CHECK (' || ${unlessPassedOver('p.polrelid', 'pg_get_expr(p.polwithcheck, p.polrelid)')} || ')') as definition,
  ${commentOn('pg_policy', 'p.oid')} as comment
from pg_policy p ${ofTable('p.polrelid')}
order by p.polrelid, p.polname`

export const rewriteRules = `select r.ev_class as table_oid, r.rulename::text as name,
  ${unlessPassedOver('r.ev_class', 'pg_get_ruledef(r.oid)')} || case r.ev_enabled when 'O' then '' when 'D' then ' (disabled)' when 'R' then ' (replica)' else ' (always)' end
    as definition,
  ${commentOn('pg_rewrite', 'r.oid')} as comment
from pg_rewrite r ${ofTableOrView('r.ev_class')}
where r.rulename <> '_RETURN'
order by r.ev_class, r.rulename`

export const toPolicy = ({ name, definition, comment }: QueryResultRow, home: string): TablePart => ({
  name,
  definition: written(definition, home),
  comment,
})

/** A rule's definition names its table with the schema, before anything else. */
export const toRewriteRule = ({ name, definition, comment }: QueryResultRow, home: string): TablePart => ({
  name,
  definition: written(definition, home, 1),
  comment,
})
