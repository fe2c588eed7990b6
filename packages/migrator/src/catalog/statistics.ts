/** Extended statistics: CREATE STATISTICS. PostgreSQL drops them without a word together with a column that they name. */
import { commentOn } from './comment.ts'
import { extensionOf } from './extension.ts'
import { unlessPassedOver } from './passed-over.ts'
import { ofTable } from './tables.ts'
import { schemaOf } from './wanted.ts'

/** The target is a column since version 13, and NULL where it is the default since 17. */
const target = `coalesce(' (statistics target ' || nullif(to_jsonb(s) ->> 'stxstattarget', '-1') || ')', '')`

export const statistics = `select 'statistics' as kind, s.stxname::text as name, ${schemaOf('c.relnamespace')} as table_schema,
  c.relname::text as table_name,
  regexp_replace(${unlessPassedOver('s.stxrelid', 'pg_get_statisticsobjdef(s.oid)')}, '^CREATE STATISTICS ("([^"]|"")+"|[^ ."]+)\\.("([^"]|"")+"|[^ ."]+) ', '') || ${target} as definition,
  ${commentOn('pg_statistic_ext', 's.oid')} as comment, ${extensionOf('pg_statistic_ext', 's.oid')} as extension
from pg_statistic_ext s ${ofTable('s.stxrelid')}
order by c.relname, s.stxname`
