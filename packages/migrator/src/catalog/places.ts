/** Where objects stand: the schemas and the database itself, with what others may do with them. */
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'
import { ownedBy } from './grants.ts'

export const schemas = `select 'schema' as kind, n.nspname::text as name, null as table_schema, null as table_name, '' as definition,
  ${ownedBy({ owner: 'n.nspowner', list: 'n.nspacl', kind: 'n' })},
  ${commentOn('pg_namespace', 'n.oid')} as comment, ${extensionOf('pg_namespace', 'n.oid')} as extension
from pg_namespace n
where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname`

/** Its own name, owner and comment differ from place to place. */
export const database = `select 'database' as kind, 'this database' as name, null as table_schema, null as table_name, '' as definition,
  ${ownedBy({ owner: 'd.datdba', list: 'd.datacl', kind: 'd' })}, null as comment, null as extension
from pg_database d where d.datname = current_database()`
