import { expect, test } from 'vitest'
import { tablesDropped } from '../src/report/preview.ts'
import { planned, rendering } from './values.ts'

test('a down is shown with every table of public that it drops, and with nothing that it only speaks of', () => {
  const undo = (sql: string) => tablesDropped([planned('core/001_a', 1, { undo: rendering(sql) })])
  expect(undo('drop table if exists "Users", public.a/* , x */, other.b cascade; drop table c')).toEqual([
    'Users',
    'a',
    'c',
  ])
  expect(undo('do $$ begin drop table a; end $$')).toEqual(['a'])
  expect(undo("comment on table a is 'drop table b'; -- drop table c\n alter table a drop column d")).toEqual([])
})
