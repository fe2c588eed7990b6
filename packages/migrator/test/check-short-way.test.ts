/**
 * The recorder describes only what a migration touched. That has to be enough (the long way, which describes every object before and after
 * each step, finds nothing more), and it has to be little (what is read for one migration does not grow with those before it).
 */
import { describe, expect, test } from 'vitest'
import { recordReplay } from '../src/check/recording.ts'
import { sendAll } from '../src/database/pipeline.ts'
import { statement } from '../src/statement.ts'
import { padded } from '../src/workspace/load.ts'
import type { Planned } from '../src/workspace/workspace.ts'
import { bothWays, expectTheSame, onEmptyDatabases } from './both-ways.ts'
import { useScratchServer } from './check-workspace.ts'
import { type Choice, KIND_NAMES, planOf } from './random-plan.ts'
import { planned, rendering } from './values.ts'

useScratchServer()

/** As many kinds as the long way takes in a while. */
const PORTION = 11
const portions = Array.from({ length: Math.ceil(KIND_NAMES.length / PORTION) }, (_, at) =>
  KIND_NAMES.slice(at * PORTION, (at + 1) * PORTION),
)

describe('what a migration touched is all that has to be described', () => {
  test.each(portions)('of %s, %s, %s and others', async (...kinds) => {
    const choices = kinds.flatMap((kind, n): Choice[] => [
      { kind, domain: n, table: n + 1, down: 'right' },
      { kind, domain: n + 1, table: n, down: 'forgotten' },
    ])
    const both = await bothWays(planOf(choices))
    expect(both.long.failure).toBeUndefined()
    expectTheSame(both)
  })
})

describe('what is read for one migration', () => {
  /** Each makes a table as teams make them: with a key, a reference to the one before, a trigger, indexes, comments. */
  const chain = (count: number): Planned[] =>
    Array.from({ length: count }, (_, n) =>
      planned(`core/${padded(n + 1)}_t${n}`, n + 1, {
        up: rendering(
          `create table t${n} (id int primary key, name text not null default 'x' check (name <> ''), note text,
            before_id int ${n === 0 ? '' : `references t${n - 1}`})`,
          `create index on t${n} (name)`,
          `create function f${n}() returns trigger language plpgsql as $$ begin return new; end $$`,
          `create trigger g${n} before update on t${n} for each row execute function f${n}()`,
          `comment on table t${n} is 'A table.'`,
        ),
        undo: rendering(`drop table t${n}`, `drop function f${n}()`),
      }),
    )

  /** Rows that PostgreSQL itself has looked at, by its own count. */
  const rowsRead = (count: number): Promise<number> =>
    onEmptyDatabases(async (connectEmpty) => {
      const client = await connectEmpty()
      const { failure } = await recordReplay(client, chain(count))
      expect(failure).toBeUndefined()
      const [, answer] = await sendAll(client, [
        statement('select pg_stat_force_next_flush()'),
        statement(`select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows
          from pg_stat_all_tables join pg_class c on c.oid = relid where not relisshared`),
      ])
      return answer!.rows[0].rows
    })

  test('does not grow with the migrations before it', async () => {
    const [few, many] = [await rowsRead(30), await rowsRead(90)]
    expect(many / few).toBeLessThan(3.2)
  })
})
