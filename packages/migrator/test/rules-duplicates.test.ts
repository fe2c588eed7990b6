/** Indexes and constraints that another one makes needless or contradicts: what must be found, and what must not. */
import { describe, expect, test } from 'vitest'
import { catalogAfter, findingsOf, told } from './found-by-rule.ts'
import { ownDatabase } from './own-database.ts'

const own = ownDatabase()

describe('prefix-index', () => {
  const table = 'create table a (x int, y int, z int, w int, t text); '
  const found = async (sql: string) => told(await findingsOf(own.client, 'prefix-index', table + sql))

  test.each([
    ['of a longer index', 'create index s on a (x); create index l on a (x, y)', 's (x) is the beginning of l (x, y)'],
    [
      'of a primary key',
      'create index s on a (x); alter table a add constraint l primary key (x, y)',
      's (x) is the beginning of l (x, y)',
    ],
    [
      'of a unique index',
      'create index s on a (x); create unique index l on a (x, y)',
      's (x) is the beginning of l (x, y)',
    ],
    [
      'with the same predicate',
      'create index s on a (x) where z > 0; create index l on a (x, y) where z > 0',
      's (x) is the beginning of l (x, y)',
    ],
    [
      'of an index that is read backwards',
      'create index s on a (x desc); create index l on a (x, y)',
      's (x) is the beginning of l (x, y)',
    ],
    [
      'that begins with an expression',
      'create index s on a (lower(t)); create index l on a (lower(t), y)',
      's (lower(t)) is the beginning of l (lower(t), y)',
    ],
    [
      'beside one that includes more',
      'create index s on a (x); create index l on a (x) include (y)',
      's (x) is the beginning of l (x) INCLUDE (y)',
    ],
    [
      'whose included column is a key of the other',
      'create index s on a (x) include (z); create index l on a (x, z)',
      's (x) INCLUDE (z) is the beginning of l (x, z)',
    ],
    [
      'that is a hash',
      'create index s on a using hash (x); create index l on a (x)',
      's (x) is a hash of the first key of l (x)',
    ],
  ])('an index %s is found', async (_what, sql, expected) => {
    const lines = await found(sql)
    expect(lines.map((line) => line.slice(line.indexOf(': ') + 2))).toEqual([expected])
  })

  test.each([
    ['is unique', 'create unique index s on a (x); create index l on a (x, y)'],
    ['belongs to a constraint', 'alter table a add unique (x); create index l on a (x, y)'],
    [
      'is the replica identity',
      'alter table a alter x set not null; create unique index s on a (x); create index l on a (x, y); alter table a replica identity using index s',
    ],
    [
      'is what a foreign key references',
      'create unique index s on a (x); create index l on a (x, y); create table b (x int references a (x))',
    ],
    ['is the end of the other', 'create index s on a (y); create index l on a (x, y)'],
    ['has another predicate', 'create index s on a (x) where z > 0; create index l on a (x, y) where z > 1'],
    ['is partial, and smaller than the other', 'create index s on a (x) where z > 0; create index l on a (x, y)'],
    ['has rows that the other leaves out', 'create index s on a (x); create index l on a (x, y) where z > 0'],
    ['has another collation', 'create index s on a (t collate "C"); create index l on a (t, y)'],
    ['has another operator class', 'create index s on a (t text_pattern_ops); create index l on a (t, y)'],
    ['has another place for NULL', 'create index s on a (x nulls first); create index l on a (x, y)'],
    ['is read in neither direction like the other', 'create index s on a (x, y); create index l on a (x, y desc, z)'],
    ['has another method', 'create index s on a using brin (x); create index l on a (x, y)'],
    ['includes what the other lacks', 'create index s on a (x) include (z); create index l on a (x, y)'],
    ['is the same as the other, which duplicate-index says', 'create index s on a (x); create index l on a (x)'],
  ])('an index that %s is not', async (_what, sql) => {
    expect(await found(sql)).toEqual([])
  })

  test('of three indexes the longest stays, and each remedy names another', async () => {
    const findings = await findingsOf(
      own.client,
      'prefix-index',
      `${table} create index i1 on a (x); create index i2 on a (x, y); create index i3 on a (x, y, z)`,
    )
    expect(findings.map(({ found, remedy }) => [found.split(' of ')[1], remedy])).toEqual([
      ['i3 (x, y, z)', 'DROP INDEX CONCURRENTLY i1'],
      ['i3 (x, y, z)', 'DROP INDEX CONCURRENTLY i2'],
    ])
  })

  test('a much wider index is told with less confidence, since a narrow one may be wanted', async () => {
    const [one] = await findingsOf(
      own.client,
      'prefix-index',
      `${table} create index s on a (x); create index l on a (x, y, z, w)`,
    )
    expect(one?.confidence).toBe('medium')
  })
})

describe('duplicate-constraint', () => {
  const tables =
    'create table a (id int primary key); create table b (id int primary key); create table c (a_id int, b_id int, n int); '
  const found = async (sql: string) =>
    (await findingsOf(own.client, 'duplicate-constraint', tables + sql)).map(
      ({ severity, found, remedy }) => `${severity} ${found} → ${remedy}`,
    )

  test('two foreign keys that say the same are one too many', async () => {
    expect(
      await found(
        'alter table c add constraint f1 foreign key (a_id) references a not valid, add constraint f2 foreign key (a_id) references a',
      ),
    ).toEqual(['warning f2 and f1 are the same: (a_id) references a → ALTER TABLE c DROP CONSTRAINT f1'])
  })

  test('two foreign keys with different actions contradict each other', async () => {
    expect(
      await found(
        'alter table c add constraint f1 foreign key (a_id) references a on delete cascade, add constraint f2 foreign key (a_id) references a on delete restrict',
      ),
    ).toEqual([
      'error f1 and f2 bind (a_id) to a, with ON DELETE CASCADE and RESTRICT → Decide what a delete shall do, and drop the other constraint: ALTER TABLE c DROP CONSTRAINT f2',
    ])
  })

  test('two foreign keys to different tables contradict each other', async () => {
    expect(
      await found(
        'alter table c add constraint f1 foreign key (a_id) references a, add constraint f2 foreign key (a_id) references b',
      ),
    ).toEqual([
      'warning f1 and f2 bind (a_id) to a and to b → Decide which table (a_id) means and drop the other constraint: ALTER TABLE c DROP CONSTRAINT f2',
    ])
  })

  test('two checks that are the same are one too many, whatever they are called', async () => {
    expect(
      await found('alter table c add constraint k1 check (n > 0), add constraint k2 check (n > 0) not valid'),
    ).toEqual(['warning check k2 is the same as k1 → ALTER TABLE c DROP CONSTRAINT k2'])
  })

  test.each([
    [
      'foreign keys of two columns to one table',
      'alter table c add foreign key (a_id) references a, add foreign key (b_id) references a',
    ],
    ['checks that differ', 'alter table c add check (n > 0), add check (n > 1)'],
    [
      'a foreign key to a partitioned table, which PostgreSQL repeats for each partition',
      `create table p (id int primary key) partition by range (id);
       create table p1 partition of p for values from (0) to (9); create table p2 partition of p for values from (9) to (99);
       alter table c add foreign key (a_id) references p`,
    ],
  ])('%s are let pass', async (_what, sql) => {
    expect(await found(sql)).toEqual([])
  })

  test('the catalogue has a foreign key to a partitioned table once', async () => {
    const { tables: read } = await catalogAfter(
      own.client,
      `create table p (id int primary key) partition by range (id); create table p1 partition of p default;
       create table c (p_id int references p)`,
    )
    expect(read.find(({ name }) => name === 'c')?.constraints.map(({ references }) => references?.table)).toEqual(['p'])
  })
})
