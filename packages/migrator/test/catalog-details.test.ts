/** What a table, a column or a view says of itself beyond its definition: storage, statistics, options, comments. */
import { testDatabase } from '@veza/tools/test-database'
import { beforeAll, expect, test } from 'vitest'
import { readCatalog } from '../src/catalog/read.ts'
import type { Catalog } from '../src/catalog/types.ts'
import { connect } from '../src/database/connect.ts'

let catalog: Catalog

beforeAll(async () => {
  await using database = await testDatabase()
  await database.client.query(`
    create table t (gone int, id int, body text, plain text) with (fillfactor=70, toast.autovacuum_enabled=off);
    alter table t drop gone; alter table t alter body set storage external, alter body set statistics 500, alter body set (n_distinct=-0.5);
    create policy own on t using (true); comment on policy own on t is 'a policy';
    create rule quiet as on delete to t do instead nothing; comment on rule quiet on t is 'a rule';
    create view v with (security_barrier) as select id from t; comment on column v.id is 'a column';
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger instead instead of insert on v for each row execute function f();
    create rule other as on update to v do instead nothing;
    create materialized view m as select id, body from t; create unique index m_id on m (id);
    create sequence s; comment on sequence s is 'a sequence'`)
  const client = await connect(database.url, 'test')
  await client.query('begin')
  catalog = await readCatalog(client)
  await client.end()
})

test('a table says the options of its storage, those of its toast table too', () => {
  expect(catalog.tables[0]).toMatchObject({ options: ['fillfactor=70', 'toast.autovacuum_enabled=off'] })
})

test('a column says what was set of its storage and statistics, and keeps its number', () => {
  expect(catalog.tables[0]!.columns.map(({ name, number, tuning }) => [name, number, tuning])).toEqual([
    ['id', 2, []],
    ['body', 3, ['STORAGE external', 'STATISTICS 500', 'n_distinct=-0.5']],
    ['plain', 4, []],
  ])
})

test('policies, rules and sequences have comments', () => {
  const [table] = catalog.tables
  expect([table!.policies?.[0]?.comment, table!.rules?.[0]?.comment]).toEqual(['a policy', 'a rule'])
  expect(catalog.sequences[0]?.comment).toBe('a sequence')
})

test('a view says its options, triggers, rules and the comments on its columns; a materialized one its indexes', () => {
  const [m, v] = catalog.views
  expect(m).toMatchObject({ name: 'm', materialized: true, indexes: [{ name: 'm_id', unique: true }] })
  expect(v).toMatchObject({
    ...{ name: 'v', options: ['security_barrier=true'], columnComments: [{ name: 'id', comment: 'a column' }] },
    ...{ triggers: [{ name: 'instead' }], rules: [{ name: 'other' }], indexes: [] },
  })
})
