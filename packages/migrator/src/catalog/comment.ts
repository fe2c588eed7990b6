/**
 * The text of COMMENT ON, as a column of a query over a catalogue. A subquery uses an index, whatever size the planner assumes for the
 * catalogues; obj_description() would be a function call for each row. Which objects have one is looked up once for all rows: most have none.
 */
export const commentOn = (
  catalogue:
    | 'pg_class'
    | 'pg_constraint'
    | 'pg_trigger'
    | 'pg_proc'
    | 'pg_type'
    | 'pg_namespace'
    | 'pg_statistic_ext'
    | 'pg_publication'
    | 'pg_event_trigger'
    | 'pg_cast'
    | 'pg_policy'
    | 'pg_rewrite',
  oid: string,
  part = '0',
): string =>
  `case when ${oid} in (select told.objoid from pg_description told where told.classoid = 'pg_catalog.${catalogue}'::regclass)
    then (select about.description from pg_description about
      where about.objoid = ${oid} and about.classoid = 'pg_catalog.${catalogue}'::regclass and about.objsubid = ${part}) end`
