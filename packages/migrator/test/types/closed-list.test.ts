import { describe, expect, test } from 'vitest'
import { parseClosedList } from '../../src/types/closed-list.ts'

describe('a CHECK that is a closed list', () => {
  test.each([
    [`CHECK ((status = ANY (ARRAY['active'::text, 'banned'::text])))`, ['active', 'banned']],
    [`CHECK (((status IS NULL) OR (status = ANY (ARRAY['a'::text, 'b'::text]))))`, ['a', 'b']],
    [`CHECK ((status = 'only'::text))`, ['only']],
    [`CHECK (((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))`, ['a', 'b']],
    [
      `CHECK ((license = ANY (ARRAY['All Rights Reserved'::text, 'it''s free'::text])))`,
      ['All Rights Reserved', "it's free"],
    ],
    [
      `CHECK (((word)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))`,
      ['a', 'b'],
    ],
    [`CHECK ((rating = ANY (ARRAY[1, 2, 3])))`, [1, 2, 3]],
    [`CHECK (((rating IS NULL) OR (rating = ANY (ARRAY['-1'::integer, 0, 1]))))`, [-1, 0, 1]],
    [`CHECK ((code = ANY (ARRAY['a'::bpchar, 'b'::bpchar])))`, ['a', 'b']],
    [`CHECK ((status = ANY (ARRAY['a'', b'::text, 'c'::text])))`, ["a', b", 'c']],
  ])('%s', (definition, values) => {
    expect(parseClosedList(definition)).toEqual(values)
  })
})

describe('a CHECK that says more, less or something else', () => {
  test.each([
    `CHECK (((status = ANY (ARRAY['a'::text, 'b'::text])) AND (char_length(status) > 0)))`,
    `CHECK (((status = ANY (ARRAY['a'::text, 'b'::text])) OR (level > 3)))`,
    `CHECK ((status <> ALL (ARRAY['a'::text, 'b'::text])))`,
    `CHECK ((lower(status) = ANY (ARRAY['a'::text, 'b'::text])))`,
    `CHECK ((level = ANY (ARRAY[(1)::bigint, (2)::bigint])))`,
    `CHECK ((level >= 1))`,
    `CHECK ((status ~ '^[a-z]+$'::text))`,
    `CHECK ((status = ANY (ARRAY['a'::text, 'b'::text]))) NOT VALID`,
    `CHECK ((status = other))`,
  ])('%s', (definition) => {
    expect(parseClosedList(definition)).toBeUndefined()
  })
})
