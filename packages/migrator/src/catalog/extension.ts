/** The name of the extension that created an object, or null, as a column of a query over a catalogue. */
export const extensionOf = (
  catalogue: 'pg_class' | 'pg_proc' | 'pg_type' | 'pg_namespace' | 'pg_statistic_ext' | 'pg_event_trigger' | 'pg_cast',
  oid: string,
): string =>
  `(select e.extname::text from pg_depend d join pg_extension e on e.oid = d.refobjid
    where d.classid = 'pg_catalog.${catalogue}'::regclass and d.objid = ${oid} and d.objsubid = 0
      and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e' limit 1)`
