/** Casts that somebody made: CREATE CAST. An implicit one changes what a statement means that does not name it. */
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'

/** Objects with a smaller number were made by initdb. */
export const FIRST_OWN_OID = 16_384

export const casts = `select 'cast' as kind, format_type(k.castsource, null) || ' AS ' || format_type(k.casttarget, null) as name,
  null as table_schema, null as table_name,
  concat(case k.castmethod when 'f' then 'WITH FUNCTION ' || k.castfunc::regprocedure::text when 'i' then 'WITH INOUT' else 'WITHOUT FUNCTION' end,
    case k.castcontext when 'i' then ' AS IMPLICIT' when 'a' then ' AS ASSIGNMENT' end) as definition,
  ${commentOn('pg_cast', 'k.oid')} as comment, ${extensionOf('pg_cast', 'k.oid')} as extension
from pg_cast k
where k.oid >= ${FIRST_OWN_OID}
order by 2`
