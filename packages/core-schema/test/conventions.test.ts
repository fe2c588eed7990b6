import {
  appendOnly,
  boolean,
  currentTimestamp,
  type Definition,
  dropTables,
  index,
  integer,
  jsonb,
  live,
  numeric,
  oneOf,
  record,
  references,
  resource,
  sha256,
  text,
  textArray,
  timestamptz,
  uniqueIndex,
} from '@veza/core-schema/conventions'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { rendered } from './rendered.ts'

const about = 'A place to sit.'
const seats = (definition: Definition<string>) => rendered((db) => record(db, 'seats', about, definition))

/** The lines of `create table`, one per column and constraint. */
async function tableLines(definition: Definition<string>): Promise<string[]> {
  const [create = ''] = await seats(definition)
  return create.split(/, (?=")|, (?=constraint)/)
}

describe('a table of each kind', () => {
  test('a resource has its id first, three time columns last, a trigger and a comment', async () => {
    expect(await rendered((db) => resource(db, 'seats', about, { columns: { name: text() } }))).toEqual([
      'create table "seats" ("id" uuid default uuid_v7() not null, "name" text,' +
        ' "created_at" timestamptz default CURRENT_TIMESTAMP not null,' +
        ' "updated_at" timestamptz default CURRENT_TIMESTAMP not null, "deleted_at" timestamptz,' +
        ' constraint "pk_seats" primary key ("id"))',
      'create trigger "trg_seats_updated_at" before update on "seats" for each row execute function set_updated_at()',
      `comment on table "seats" is 'A place to sit.'`,
    ])
  })

  test('a record cannot be soft-deleted', async () => {
    const [create, trigger] = await rendered((db) => record(db, 'seats', about, { columns: {} }))
    expect(create).toContain('"updated_at"')
    expect(create).not.toContain('deleted_at')
    expect(trigger).toContain('trg_seats_updated_at')
  })

  test('an append-only table has no updated_at and no trigger', async () => {
    expect(await rendered((db) => appendOnly(db, 'seats', about, { columns: {} }))).toEqual([
      'create table "seats" ("id" uuid default uuid_v7() not null,' +
        ' "created_at" timestamptz default CURRENT_TIMESTAMP not null, constraint "pk_seats" primary key ("id"))',
      `comment on table "seats" is 'A place to sit.'`,
    ])
  })

  test('a table that exists before uuid_v7() brings its own default', async () => {
    const idDefault = sql`gen_random_uuid()`
    const [create] = await rendered((db) => appendOnly(db, 'seats', about, { columns: {}, idDefault }))
    expect(create).toContain('"id" uuid default gen_random_uuid() not null')
  })

  test('tables are dropped in the order given', async () => {
    expect(await rendered((db) => dropTables(db, 'cushions', 'seats'))).toEqual([
      'drop table "cushions"',
      'drop table "seats"',
    ])
  })

  test('the same migration renders the same text each time', async () => {
    const definition = { columns: { colour: oneOf('red', 'blue') }, indexes: { colour: index('colour') } }
    expect(await seats(definition)).toEqual(await seats(definition))
  })
})

describe('columns', () => {
  test('types, defaults and NOT NULL', async () => {
    const lines = await tableLines({
      columns: {
        legs: integer().notNull().default(4),
        folds: boolean().notNull().default(false),
        price: numeric(5, 2),
        tags: textArray().default('{}'),
        colour: text().default("painter's red"),
        sold_at: timestamptz().default(currentTimestamp),
      },
    })
    expect(lines.slice(1, 7)).toEqual([
      '"legs" integer default 4 not null',
      '"folds" boolean default false not null',
      '"price" numeric(5,2)',
      `"tags" text[] default '{}'`,
      `"colour" text default 'painter''s red'`,
      '"sold_at" timestamptz default CURRENT_TIMESTAMP',
    ])
  })

  test('a limit and further conditions of one column are one constraint', async () => {
    const lines = await tableLines({ columns: { name: text(255).check('char_length(btrim(name)) >= 1') } })
    expect(lines.at(-1)).toBe(
      'constraint "chk_seats_name" check ((char_length("name") <= 255) AND (char_length(btrim(name)) >= 1)))',
    )
  })

  test('a closed list stays a list in the check, with its values quoted', async () => {
    const lines = await tableLines({ columns: { wood: oneOf('oak', "devil's walking stick") } })
    expect(lines.at(-1)).toBe(`constraint "chk_seats_wood" check ("wood" IN ('oak', 'devil''s walking stick')))`)
  })

  test('a SHA-256 is checked and commented', async () => {
    const statements = await seats({ columns: { token_hash: sha256('SHA-256 of the token.').notNull().unique() } })
    expect(statements[0]).toContain('"token_hash" text not null')
    expect(statements[0]).toContain('constraint "uq_seats_token_hash" unique ("token_hash")')
    expect(statements[0]).toContain(`constraint "chk_seats_token_hash" check ("token_hash" ~ '^[0-9a-f]{64}$')`)
    expect(statements.at(-1)).toBe(`comment on column "seats"."token_hash" is 'SHA-256 of the token.'`)
  })

  test('a reference names its constraint and says what a delete does', async () => {
    const statements = await seats({
      columns: { room_id: references('rooms', 'set null') },
      indexes: { room_id: index('room_id') },
    })
    expect(statements[0]).toContain(
      'constraint "fk_seats_room_id" foreign key ("room_id") references "rooms" ("id") on delete set null',
    )
  })

  test('a column can be named and used twice, since no method changes it', async () => {
    const counter = integer().notNull()
    const lines = await tableLines({ columns: { arms: counter.check('arms >= 0'), legs: counter.check('legs > 2') } })
    expect(lines.slice(-2)).toEqual([
      'constraint "chk_seats_arms" check (arms >= 0)',
      'constraint "chk_seats_legs" check (legs > 2))',
    ])
  })

  test('unique and check constraints over several columns are named', async () => {
    const lines = await tableLines({
      columns: { row: integer(), place: integer() },
      unique: [['row', 'place']],
      checks: { corner: 'row <> 1 OR place <> 1' },
    })
    expect(lines.slice(-3).join(', ')).toBe(
      'constraint "uq_seats_row_place" unique ("row", "place"), ' +
        'constraint "chk_seats_corner" check (row <> 1 OR place <> 1))',
    )
  })
})

describe('indexes', () => {
  const definition = {
    columns: { name: text(), tags: textArray(), price: integer(), deleted_at_night: boolean() },
  }
  const indexStatement = async (indexes: Definition<string>['indexes']) =>
    (await seats({ ...definition, indexes })).find((statement) => /^create (unique )?index/.test(statement))

  test('columns, with their direction', async () => {
    expect(await indexStatement({ dearest: index('price desc', 'created_at') })).toBe(
      'create index "idx_seats_dearest" on "seats" ("price" desc, "created_at")',
    )
  })

  test('a unique one of an expression, among the live rows', async () => {
    expect(await indexStatement({ name: uniqueIndex('lower(name)').where(live) })).toBe(
      'create unique index "uq_seats_name" on "seats" (lower(name)) where deleted_at IS NULL',
    )
  })

  test('a GIN index', async () => {
    expect(await indexStatement({ tags: index('tags').using('gin') })).toBe(
      'create index "idx_seats_tags" on "seats" using gin ("tags")',
    )
  })
})

describe('what is refused, while the migration is rendered', () => {
  const refusal = async (definition: Definition<string>) =>
    seats(definition).then(
      () => 'accepted',
      (error: Error) => error.message,
    )

  test('a foreign key without an index that begins with it', async () => {
    const columns = { room_id: references('rooms', 'cascade'), place: integer() }
    const message =
      "table seats: foreign key column room_id has no index that begins with it: add room_id: index('room_id') to " +
      'indexes (a partial one does not find every row that a delete must)'
    expect(await refusal({ columns })).toBe(message)
    expect(await refusal({ columns, unique: [['place', 'room_id']] })).toBe(message)
    expect(await refusal({ columns, indexes: { room: index('room_id').where('place > 3') } })).toBe(message)
  })

  test('but not one that a unique constraint or a wider index begins with', async () => {
    const room_id = references('rooms', 'cascade')
    expect(await refusal({ columns: { room_id: room_id.unique() } })).toBe('accepted')
    expect(await refusal({ columns: { room_id, place: integer() }, unique: [['room_id', 'place']] })).toBe('accepted')
    expect(await refusal({ columns: { room_id }, indexes: { room: index('room_id', 'created_at desc') } })).toBe(
      'accepted',
    )
  })

  test('a reference that a delete would set to null, but may not be null', async () => {
    expect(await refusal({ columns: { room_id: references('rooms', 'set null').notNull().unique() } })).toBe(
      'table seats: column room_id is both notNull() and set to null on delete: drop one',
    )
  })

  test('a reference that does not say what a delete does', async () => {
    // @ts-expect-error the second argument is missing
    references('rooms')
    // @ts-expect-error there is no such action
    references('rooms', 'no action')
  })

  test('a name that PostgreSQL would cut', async () => {
    const long = 'a_column_whose_name_goes_on_and_on_and_on_until_it_is_too_long'
    expect(await refusal({ columns: { [long]: integer().check('true') } })).toBe(
      `name "chk_seats_${long}" has 72 bytes, PostgreSQL keeps 63: shorten it`,
    )
  })

  test('a name in another case', async () => {
    expect(await refusal({ columns: { createdBy: text() } })).toBe(
      'name "createdBy": use lower-case letters, digits and _, beginning with a letter',
    )
  })

  test('a column that comes with the kind', async () => {
    expect(await refusal({ columns: { created_at: timestamptz() } })).toBe(
      'table seats: column created_at comes with the kind: leave it out',
    )
  })

  test.each([
    'duration_seconds',
    'buffer_ms',
    'bandwidth_kbps',
    'bytes_transferred',
    'file_size',
    'sample_rate',
    'bpm',
  ])('a unit that nobody explains: %s', async (name) => {
    const message = `table seats: column ${name} holds a unit: say what with .comment('...')`
    expect(await refusal({ columns: { [name]: integer() } })).toBe(message)
    expect(await refusal({ columns: { [name]: integer().comment('In units.') } })).toBe('accepted')
  })

  test('a hash or JSON that nobody explains', async () => {
    expect(await refusal({ columns: { password_hash: text() } })).toContain('column password_hash holds a hash')
    expect(await refusal({ columns: { details: jsonb('') } })).toContain('column details holds JSON')
  })

  test('an unknown column in an index or a unique constraint', async () => {
    const message = 'table seats: unknown column colour in an index or unique constraint'
    expect(await refusal({ columns: {}, indexes: { colour: index('colour desc') } })).toBe(message)
    expect(await refusal({ columns: {}, unique: [['colour']] })).toBe(message)
  })

  test('an unknown column in a unique constraint, by its type too', () => {
    const definition: Definition<'row'> = {
      columns: { row: integer() },
      // @ts-expect-error there is no column of that name
      unique: [['row', 'place']],
    }
    expect(definition.unique).toHaveLength(1)
  })

  test('a second check under the name of a column that has one', async () => {
    expect(await refusal({ columns: { legs: integer().check('legs > 2') }, checks: { legs: 'legs < 7' } })).toBe(
      "table seats: column legs has two checks: move the second into .check('...')",
    )
  })

  test.each(['', 'a place to sit.', 'A place to sit', 'A place. To sit.'])(
    'a table comment that is not one sentence: "%s"',
    async (sentence) => {
      await expect(rendered((db) => record(db, 'seats', sentence, { columns: {} }))).rejects.toThrow(
        'write one sentence, with a capital and one full stop',
      )
    },
  )
})
