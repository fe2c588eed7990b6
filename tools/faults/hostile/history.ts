/** Migrations that touch the history: what they do to it must not lead to a run that says something else than is so. */
import type { Hostile } from './hostile.ts'

const refused = (what: string, ...up: string[]): Hostile => ({ what: `history: ${what}`, up, expect: 'refused' })
const either = (what: string, ...up: string[]): Hostile => ({ what: `history: ${what}`, up, expect: 'either' })
const DO_NOTHING = 'create function swallow() returns trigger language plpgsql as $f$ begin return null; end $f$'
const OTHER_ROW = `insert into migration_history (domain, name, checksum, run_id, position, tool_version, applied_by, duration_ms)
  select domain, '003_after', checksum, run_id, 3, tool_version, applied_by, 1 from migration_history limit 1`

export const HISTORY: readonly Hostile[] = [
  refused('all rows are deleted', 'delete from migration_history'),
  refused('all rows are deleted, written otherwise', 'delete from only public . "migration_history" as h where true'),
  refused(
    'a row is deleted by a query that writes',
    'with gone as (delete from migration_history returning *) select count(*) from gone',
  ),
  refused(
    'a row is deleted by a text that is put together',
    "do $$ begin execute 'delete from migration' || '_history'; end $$",
  ),
  refused('a checksum is changed', "update public.migration_history set checksum = repeat('0', 64)"),
  refused('a name is changed', "update migration_history set name = '001_other'"),
  refused('it is emptied', 'truncate migration_history'),
  refused('it is emptied with others', 'create table x (); truncate x, migration_history cascade'),
  refused('it is dropped', 'drop table migration_history'),
  refused(
    'it is dropped and made again',
    'create table copy as select * from migration_history',
    'drop table migration_history',
    'alter table copy rename to migration_history',
  ),
  refused('it is renamed', 'alter table migration_history rename to old_history'),
  refused('it moves to another schema', 'create schema attic', 'alter table migration_history set schema attic'),
  refused(
    'a trigger swallows its rows',
    DO_NOTHING,
    'create trigger swallow before insert on migration_history for each row execute function swallow()',
  ),
  refused('a rule swallows its rows', 'create rule nothing as on insert to migration_history do instead nothing'),
  refused('a row of a later migration is written', OTHER_ROW),
  refused(
    'a row is copied under another domain',
    OTHER_ROW.replace('select domain', "select 'other'").replace("'003_after'", "'001_x'"),
  ),
  refused(
    'a rule deletes what is written',
    'create rule forget as on insert to migration_history do also delete from migration_history',
  ),
  either(
    'a trigger changes its rows',
    "create function edit() returns trigger language plpgsql as $f$ begin new.name := '009_x'; return new; end $f$",
    'create trigger edit before insert on migration_history for each row execute function edit()',
  ),
  either(
    'row security hides it',
    'alter table migration_history enable row level security',
    'alter table migration_history force row level security',
  ),
  either('it gets a column that nobody fills', 'alter table migration_history add column extra int not null'),
  either('it gets a column', 'alter table migration_history add column extra int'),
  either('a column is renamed', 'alter table migration_history rename column checksum to sum'),
  either(
    'its unique constraint goes',
    'alter table migration_history drop constraint if exists uq_migration_history_domain_name',
    'drop index if exists uq_migration_history_domain_name',
  ),
  either('it is locked', 'lock table migration_history in access exclusive mode'),
  either('a temporary table has its name', 'create temp table migration_history (domain text, name text)'),
  either(
    'a deferred trigger deletes at the commit',
    'create function late() returns trigger language plpgsql as $f$ begin delete from public.migration_history; return null; end $f$',
    'create table fuse (id int)',
    'create constraint trigger fuse after insert on fuse deferrable initially deferred for each row execute function late()',
    'insert into fuse values (1)',
  ),
]
