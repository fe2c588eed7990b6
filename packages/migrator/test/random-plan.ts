/**
 * Plans for three domains of which each migration does one kind of thing to what is there, and whose down takes it back or does not.
 * A plan is made from numbers alone: which kind, of which table, how it is taken back.
 */
import type { Planned } from '../src/workspace/workspace.ts'
import { planned, rendering } from './values.ts'

const DOMAINS = ['core', 'auth', 'social'] as const

export interface Choice {
  readonly kind: KindName
  /** Which domain, which table. */
  readonly domain: number
  readonly table: number
  readonly down: 'right' | 'forgotten'
}

interface Table {
  name: string
  /** The name that it was made with: what PostgreSQL named after it keeps that. */
  readonly made: string
}

/** What stands when a migration begins. A kind changes it as its up does. */
interface World {
  readonly tables: Table[]
  /** Number of the migration: what it makes is named by it. */
  readonly n: number
}

interface Steps {
  readonly up: readonly string[]
  readonly down: readonly string[]
}

type Kind = (table: Table, world: World) => Steps

/** What a domain begins with: a table with all that may belong to one, which refers to the table of another domain. */
function base(table: string, other: string | undefined): Steps {
  const parent =
    other === undefined
      ? { reference: '', row: 'null' }
      : { reference: `references ${other} on delete cascade`, row: `(select min(id) from ${other})` }
  return {
    up: [
      `create table ${table} (id int generated always as identity primary key, name text not null, note text default 'none',
        size int check (size > 0), width int check (width > 0), parent int ${parent.reference})`,
      `create index idx_${table}_name on ${table} (name, width)`,
      `create function touch_${table}() returns trigger language plpgsql as $$ begin new.note := 'x'; return new; end $$`,
      `create trigger trg_${table} before update on ${table} for each row execute function touch_${table}()`,
      `create view v_${table} as select id, name from ${table}`,
      `insert into ${table} (name, size, parent) values ('seed', 1, ${parent.row})`,
    ],
    down: [`drop view v_${table}`, `drop table ${table}`, `drop function touch_${table}()`],
  }
}

/** What core has besides, for all. */
const shared: Steps = {
  up: [
    "create type mood as enum ('calm')",
    'create table days (id int, day int) partition by list (day)',
    'create table days_early partition of days for values in (-1)',
    `create function pass() returns trigger language plpgsql as $$ begin return coalesce(new, old); end $$`,
  ],
  down: ['drop function pass()', 'drop table days', 'drop type mood'],
}

const KINDS = {
  'rename table': ({ name: table }, world) => {
    const to = `t${world.n}_renamed`
    world.tables[world.tables.findIndex(({ name }) => name === table)]!.name = to
    return { up: [`alter table ${table} rename to ${to}`], down: [`alter table ${to} rename to ${table}`] }
  },
  'rename column and back': ({ name: table }, { n }) => ({
    up: [
      `alter table ${table} rename column note to note_${n}`,
      `alter table ${table} rename column note_${n} to note`,
    ],
    down: [],
  }),
  'rename index': ({ name: table }, { n }) => ({
    up: [`create index i${n} on ${table} (size)`, `alter index i${n} rename to i${n}_renamed`],
    down: [`drop index i${n}_renamed`],
  }),
  'rename constraint': ({ name: table }, { n }) => ({
    up: [
      `alter table ${table} add constraint c${n} check (size < 99)`,
      `alter table ${table} rename constraint c${n} to d${n}`,
    ],
    down: [`alter table ${table} drop constraint d${n}`],
  }),
  'rename function': ({ name: table }, { n }) => ({
    up: [
      `create function f${n}() returns trigger language plpgsql as 'begin return new; end'`,
      `create trigger trg_${n} before insert on ${table} for each row execute function f${n}()`,
      `alter function f${n}() rename to g${n}`,
    ],
    down: [`drop trigger trg_${n} on ${table}`, `drop function g${n}()`],
  }),
  'drop and make again': ({ name: table }, { n }) => ({
    up: [
      `create table a${n} (id int primary key, of int references ${table})`,
      `drop table a${n}`,
      `create table a${n} (id bigint primary key, of int references ${table})`,
    ],
    down: [`drop table a${n}`],
  }),
  'drop what stood and make it again': ({ name: table, made }) => ({
    up: [
      `alter table ${table} drop constraint ${made}_size_check, add constraint ${made}_size_check check (size > 0)`,
      `drop trigger if exists trg_again on ${table}`,
      `create trigger trg_again before delete on ${table} for each row execute function pass()`,
    ],
    down: [`drop trigger trg_again on ${table}`],
  }),
  'in a DO block': ({ name: table }, { n }) => ({
    up: [
      `do $$ begin execute 'alter table ${table} add column c${n} int default 1'; create table in_block_${n} (id int); end $$`,
    ],
    down: [`do $$ begin alter table ${table} drop column c${n}; drop table in_block_${n}; end $$`],
  }),
  'in a block that fails and is caught': ({ name: table }, { n }) => ({
    up: [
      `do $$ begin
        begin create table lost_${n} (id int); raise 'no'; exception when others then null; end;
        comment on table ${table} is 'caught ${n}';
      end $$`,
    ],
    down: [`comment on table ${table} is null`],
  }),
  'through a function': ({ name: table }, { n }) => ({
    up: [
      `create function widen_${n}() returns void language plpgsql as $$ begin alter table ${table} add column w${n} int; end $$`,
      `select widen_${n}()`,
    ],
    down: [`alter table ${table} drop column w${n}`, `drop function widen_${n}()`],
  }),
  cascade: ({ name: table }, { n }) => ({
    up: [
      `create view w${n} as select * from ${table}`,
      `create view w${n}_on as select id from w${n}`,
      `drop view w${n} cascade`,
    ],
    down: [],
  }),
  'drop type with cascade': ({ name: table }, { n }) => ({
    up: [
      `create type e${n} as enum ('a')`,
      `alter table ${table} add column e${n} e${n}`,
      `create view of_e${n} as select e${n} from ${table}`,
      `drop type e${n} cascade`,
    ],
    down: [],
  }),
  comment: ({ name: table, made }, { n }) => ({
    up: [
      `comment on table ${table} is 'Comment ${n}.'`,
      `comment on column ${table}.name is 'Comment ${n}.'`,
      `comment on constraint ${made}_size_check on ${table} is 'Comment ${n}.'`,
    ],
    down: [
      `comment on table ${table} is null`,
      `comment on column ${table}.name is null`,
      `comment on constraint ${made}_size_check on ${table} is null`,
    ],
  }),
  trigger: ({ name: table }, { n }) => ({
    up: [
      `create trigger t${n} after insert on ${table} for each row execute function pass()`,
      `alter table ${table} disable trigger t${n}`,
    ],
    down: [`drop trigger t${n} on ${table}`],
  }),
  'function that names a table': ({ name: table }, { n }) => ({
    up: [
      `create function count_${n}() returns bigint language plpgsql as $$ begin return (select count(*) from ${table}); end $$`,
    ],
    down: [`drop function count_${n}()`],
  }),
  'function with a parsed body': ({ name: table }, { n }) => ({
    up: [`create function parsed_${n}() returns bigint language sql begin atomic select count(*) from ${table}; end`],
    down: [`drop function parsed_${n}()`],
  }),
  'function replaced': ({ name: table }, { n }) => ({
    up: [
      `create function r${n}(of ${table}) returns int language sql return 1`,
      `create or replace function r${n}(of ${table}) returns int language sql return 2`,
    ],
    down: [`drop function r${n}(${table})`],
  }),
  view: ({ name: table }, { n }) => ({
    up: [
      `create view v${n} as select name from ${table}`,
      `create or replace view v${n} as select name, id from ${table}`,
    ],
    down: [`drop view v${n}`],
  }),
  'materialized view': ({ name: table }, { n }) => ({
    up: [
      `create materialized view m${n} as select id, name from ${table}`,
      `create unique index on m${n} (id)`,
      `refresh materialized view m${n}`,
    ],
    down: [`drop materialized view m${n}`],
  }),
  enum: ({ name: table }, { n }) => ({
    up: [
      `create type mood_${n} as enum ('a', 'b')`,
      `alter type mood_${n} add value 'c'`,
      `alter table ${table} add column mood_${n} mood_${n} default 'a'`,
    ],
    down: [`alter table ${table} drop column mood_${n}`, `drop type mood_${n}`],
  }),
  'enum gets a value': (_table, { n }) => ({
    up: [`alter type mood add value 'v${n}'`],
    down: [],
  }),
  'domain type': ({ name: table }, { n }) => ({
    up: [
      `create domain d${n} as text`,
      `alter domain d${n} add constraint filled check (value <> '')`,
      `alter table ${table} add column d${n} d${n}`,
    ],
    down: [`alter table ${table} drop column d${n}`, `drop domain d${n}`],
  }),
  'composite type': (_table, { n }) => ({
    up: [`create type pair_${n} as (a int, b text)`, `alter type pair_${n} add attribute c int`],
    down: [`drop type pair_${n}`],
  }),
  'range type': (_table, { n }) => ({
    up: [`create type span_${n} as range (subtype = int)`],
    down: [`drop type span_${n}`],
  }),
  'type of a column': ({ name: table }) => ({
    up: [`alter table ${table} alter column width type bigint`, `alter table ${table} alter column width type int`],
    down: [],
  }),
  'foreign key': ({ name: table }, { n, tables }) => ({
    up: [`alter table ${table} add column f${n} int constraint fk${n} references ${tables[n % tables.length]!.name}`],
    down: [`alter table ${table} drop column f${n}`],
  }),
  policy: ({ name: table }, { n }) => ({
    up: [
      `alter table ${table} enable row level security`,
      `create policy p${n} on ${table} using (size > 1)`,
      `alter policy p${n} on ${table} using (size > 2)`,
    ],
    down: [`drop policy p${n} on ${table}`, `alter table ${table} disable row level security`],
  }),
  rule: ({ name: table }, { n }) => ({
    up: [`create rule r${n} as on delete to ${table} where old.size > 5 do also select 1`],
    down: [`drop rule r${n} on ${table}`],
  }),
  sequence: ({ name: table }, { n }) => ({
    up: [
      `create sequence s${n}`,
      `alter sequence s${n} increment 5`,
      `alter table ${table} alter column size set default nextval('s${n}')`,
      `alter sequence s${n} owned by ${table}.size`,
    ],
    down: [`alter table ${table} alter column size drop default`, `drop sequence s${n}`],
  }),
  'sequence of its own': (_table, { n }) => ({
    up: [`create sequence alone_${n} start 7`],
    down: [`drop sequence alone_${n}`],
  }),
  grant: ({ name: table }) => ({
    up: [`grant select on ${table} to public`],
    down: [`revoke select on ${table} from public`],
  }),
  'grant on a column': ({ name: table }) => ({
    up: [`grant update (name) on ${table} to public`],
    down: [`revoke update (name) on ${table} from public`],
  }),
  'grant on a function': ({ made }) => ({
    up: [`revoke execute on function touch_${made}() from public`],
    down: [`grant execute on function touch_${made}() to public`],
  }),
  'another schema': (_table, { n }) => ({
    up: [
      `create schema x${n}`,
      `create table x${n}.inner_${n} (id int)`,
      `alter table x${n}.inner_${n} set schema public`,
    ],
    down: [`drop table inner_${n}`, `drop schema x${n}`],
  }),
  partitions: ({ name: table }, { n }) => ({
    up: [
      `create table part_${n} (id int, day int, of int references ${table}) partition by range (day)`,
      `create table part_${n}_1 partition of part_${n} for values from (1) to (2)`,
      `create table part_${n}_2 (id int, day int, of int)`,
      `alter table part_${n} attach partition part_${n}_2 for values from (2) to (3)`,
      `create index on part_${n} (day)`,
      `alter table part_${n} detach partition part_${n}_1`,
    ],
    down: [`drop table part_${n}`, `drop table part_${n}_1`],
  }),
  'partition of what stands': (_table, { n }) => ({
    up: [`create table days_${n} partition of days for values in (${n})`],
    down: [`drop table days_${n}`],
  }),
  'column of a partitioned table': (_table, { n }) => ({
    up: [`alter table days add column c${n} int default 3`],
    down: [`alter table days drop column c${n}`],
  }),
  'inherited column': (_table, { n }) => ({
    up: [
      `create table parent_${n} (id int)`,
      `create table child_${n} () inherits (parent_${n})`,
      `alter table parent_${n} add column c int`,
    ],
    down: [`drop table child_${n}`, `drop table parent_${n}`],
  }),
  'table from a query': ({ name: table }, { n }) => ({
    up: [`create table q${n} as select * from ${table}`, `select name into i${n} from ${table}`],
    down: [`drop table q${n}`, `drop table i${n}`],
  }),
  'storage and identity': ({ name: table }) => ({
    up: [
      `alter table ${table} set (fillfactor = 50)`,
      `alter table ${table} replica identity full`,
      `alter table ${table} alter column name set statistics 200`,
    ],
    down: [`alter table ${table} reset (fillfactor)`, `alter table ${table} replica identity default`],
  }),
  statistics: ({ name: table }, { n }) => ({
    up: [`create statistics st${n} on name, size from ${table}`],
    down: [`drop statistics st${n}`],
  }),
  'generated column': ({ name: table }, { n }) => ({
    up: [`alter table ${table} add column g${n} int generated always as (size * 2) stored`],
    down: [`alter table ${table} drop column g${n}`],
  }),
  extension: (_table, { n }) => ({
    up: [`create extension if not exists tablefunc`, `comment on extension tablefunc is 'Comment ${n}.'`],
    down: [`drop extension tablefunc`],
  }),
  'rows inserted': ({ name: table }, { n }) => ({
    up: [`insert into ${table} (name, size) values ('row ${n}', ${n + 1})`],
    down: [`delete from ${table} where name = 'row ${n}'`],
  }),
  'rows updated': ({ name: table }, { n }) => ({
    up: [`update ${table} set size = 7 where name = 'seed'`],
    down: [`update ${table} set size = 1 where name = 'seed' and ${n} > 0`],
  }),
  'rows deleted with those that refer to them': ({ name: table }) => ({
    up: [`delete from ${table} where name = 'seed'`],
    down: [`insert into ${table} (name, size) values ('seed', 1)`],
  }),
  'rows in a block': ({ name: table }, { n }) => ({
    up: [`do $$ begin insert into ${table} (name, size) select 'many', g from generate_series(1, ${n + 3}) g; end $$`],
    down: [`delete from ${table} where name = 'many'`],
  }),
  'rows without triggers': ({ name: table }, { n }) => ({
    up: [`set session_replication_role = replica`, `insert into ${table} (name, size) values ('silent ${n}', 1)`],
    down: [`delete from ${table} where name = 'silent ${n}'`],
  }),
  'rows truncated': ({ name: table }) => ({
    up: [`truncate ${table} cascade`],
    down: [],
  }),
} satisfies Record<string, Kind>

export type KindName = keyof typeof KINDS
export const KIND_NAMES = Object.keys(KINDS) as KindName[]

export function planOf(choices: readonly Choice[]): Planned[] {
  const order: Planned[] = []
  const add = (domain: string, name: string, { up, down }: Steps): void => {
    const number = order.filter((migration) => migration.domain === domain).length + 1
    const id = `${domain}/${String(number).padStart(3, '0')}_${name.replaceAll(/\W+/g, '_').toLowerCase()}`
    order.push(planned(id, order.length + 1, { up: rendering(...up), undo: rendering(...down) }))
  }
  const tables: Table[] = []
  add('core', 'shared', shared)
  for (const domain of DOMAINS) {
    const made = `${domain}_things`
    add(domain, 'base', base(made, tables.at(-1)?.made))
    tables.push({ name: made, made })
  }
  for (const [n, { kind, domain, table, down }] of choices.entries()) {
    const steps = KINDS[kind](tables[table % tables.length]!, { tables, n })
    add(DOMAINS[domain % DOMAINS.length]!, kind, { up: steps.up, down: down === 'right' ? steps.down : [] })
  }
  return order
}
