/**
 * What is seldom made by hand, by presence alone: operators, collations, text search, foreign servers, languages, subscriptions. How a foreign
 * server is reached can be a secret, so it is not read.
 */
import { FIRST_OWN_OID } from './casts.ts'

/** The kind as the server calls it, for each catalogue. A family of operators comes with its class. */
const CATALOGUES = [
  'pg_operator',
  'pg_opclass',
  'pg_collation',
  'pg_conversion',
  'pg_ts_config',
  'pg_ts_dict',
  'pg_foreign_data_wrapper',
  'pg_foreign_server',
  'pg_language',
] as const

const own = (catalogue: (typeof CATALOGUES)[number]): string =>
  `select '${catalogue}'::regclass::oid as class, oid from ${catalogue} where oid >= ${FIRST_OWN_OID}`

export const rarities = `select i.type as kind, i.identity as name, null as table_schema, null as table_name, '' as definition,
  obj_description(o.oid, o.class::regclass::name) as comment,
  (select e.extname::text from pg_depend d join pg_extension e on e.oid = d.refobjid where d.classid = o.class and d.objid = o.oid
    and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e' limit 1) as extension
from (${CATALOGUES.map(own).join(' union all ')}) o cross join lateral pg_identify_object(o.class, o.oid, 0) i
where i.identity is not null
-- Which subscriptions there are everybody may see, but until version 13 not their numbers.
union all select 'subscription', quote_ident(s.subname), null, null, '', null, null from pg_subscription s
where s.subdbid = (select oid from pg_database where datname = current_database())
order by 1, 2`
