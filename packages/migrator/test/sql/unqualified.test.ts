import { expect, test } from 'vitest'
import { unqualified } from '../../src/sql/unqualified.ts'

test.each([
  ['public.uuid_v7()', 'uuid_v7()'],
  ['FOREIGN KEY (a) REFERENCES public."User Data"("Id")', 'FOREIGN KEY (a) REFERENCES "User Data"("Id")'],
  [`'public.a'::text || public.b || E'\\\\public.c'`, `'public.a'::text || b || E'\\\\public.c'`],
  ['"public.".x + other.public.y', '"public.".x + other.public.y'],
  ['republic.x', 'republic.x'],
  ['AS $f$ select public.x $f$', 'AS $f$ select public.x $f$'],
  ['nothing of it', 'nothing of it'],
])('%s', (sql, expected) => {
  expect(unqualified(sql, 'public')).toBe(expected)
})

test('a definition keeps the schema of its own table, as public', () => {
  const trigger = 'CREATE TRIGGER t BEFORE UPDATE ON "My Shop".orders FOR EACH ROW EXECUTE FUNCTION "My Shop".f()'
  expect(unqualified(trigger, 'My Shop', 1)).toBe(
    'CREATE TRIGGER t BEFORE UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION f()',
  )
})
