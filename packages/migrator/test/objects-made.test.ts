/** Which objects a migration leaves, as far as its statements say. */
import { expect, test } from 'vitest'
import { objectsMade } from '../src/repair/objects-made.ts'
import { rendering } from './values.ts'

const made = (...up: readonly string[]) => {
  const { objects, unseen } = objectsMade({ render: { up: rendering(...up), down: rendering() } })
  return [...objects.map(({ kind, schema, name, is }) => `${kind} ${schema}.${name} ${is}`), ...unseen]
}

test.each<[statements: string[], ...objects: string[]]>([
  [['create table a (); create view "B" as select 1'], 'table public.a created', 'view public.B created'],
  [['drop table if exists a, s.b cascade'], 'table public.a dropped', 'table s.b dropped'],
  [['create table a ()', 'drop table a'], 'table public.a dropped'],
  [['create table a ()', 'alter table a rename to b'], 'alter table a rename to b'],
  [['create type t as enum (); create domain d as text'], 'type public.t created', 'type public.d created'],
  [['create temporary table a ()'], 'create temporary table a ()'],
  [['create unique index concurrently i on a (b)']],
  [['drop index concurrently i'], 'index public.i dropped'],
  [['alter table a detach partition b concurrently']],
  [['vacuum a', 'insert into a values (1)'], 'vacuum a', 'insert into a values (1)'],
])('%s', (statements, ...objects) => {
  expect(made(...statements)).toEqual(objects)
})
