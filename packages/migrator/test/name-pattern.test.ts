/** Which pattern a name follows, and which program made it, on names as those programs make them. */
import { expect, test } from 'vitest'
import { namePattern } from '../src/rules/name-pattern.ts'
import { runRules } from '../src/rules/run.ts'
import { catalogAfter } from './found-by-rule.ts'
import { ownDatabase } from './own-database.ts'

const own = ownDatabase()

test.each([
  ['users_pkey', 'users', 'id', "<table>_pkey (PostgreSQL's default)"],
  ['posts_user_id_fkey', 'posts', 'user_id', "<table>_<column>_fkey (PostgreSQL's default)"],
  ['follows_a_id_b_id_key', 'follows', 'a_id b_id', "<table>_<column>_key (PostgreSQL's default)"],
  ['users_email_key1', 'users', 'email', "<table>_<column>_key<n> (PostgreSQL's default)"],
  ['users_lower_idx', 'users', '', "<table>_..._idx (PostgreSQL's default)"],
  ['index_users_on_email', 'users', 'email', 'index_<table>_on_<column> (Rails)'],
  ['index_follows_on_a_id_and_b_id', 'follows', 'a_id b_id', 'index_<table>_on_<column> (Rails)'],
  ['index_users_on_lower_email', 'users', '', 'index_<table>_on_... (Rails)'],
  ['fk_rails_3b1402ddb3', 'posts', 'user_id', 'fk_rails_<hash> (Rails)'],
  [
    'auth_user_groups_user_id_6a12ed8b_fk_auth_user_id',
    'auth_user_groups',
    'user_id',
    '<table>_<column>_<hash>_fk_... (Django)',
  ],
  ['auth_user_username_6821ab7c_like', 'auth_user', 'username', '<table>_<column>_<hash>_like (Django)'],
  ['shop_order_buyer_id_0a1b2c3d', 'shop_order', 'buyer_id', '<table>_<column>_<hash> (Django)'],
  ['ix_users_email', 'users', 'email', 'ix_<table>_<column> (SQLAlchemy)'],
  ['_CategoryToPost_AB_unique', '_CategoryToPost', 'A B', '<table>_AB_unique (Prisma)'],
  ['User.email_unique', 'User', 'email', '<table>.<column>_unique (Prisma)'],
  ['fk8f7s9wq2kjsp8vw4d0m25fb7', 'orders', 'user_id', 'fk<hash> (Hibernate)'],
  ['uk_6dotkott2kjsp8vw4d0m25fb7', 'users', 'email', 'uk_<hash> (Hibernate)'],
  ['FK_c37b6cca4dc5a3ef0b3a4e7b2c1', 'orders', 'user_id', 'FK_<hash> (TypeORM)'],
  ['IX_Users_Email', 'Users', 'Email', 'IX_<table>_<column> (Entity Framework)'],
  ['posts_user_id_foreign', 'posts', 'user_id', '<table>_<column>_foreign (Laravel and Knex)'],
  ['feature_idx12', 'feature', 'a', '<table>_idx<n>'],
  ['artist_idx_name', 'artist', 'name', '<table>_idx_<column>'],
  ['area_attribute_fk_area_attribute_type', 'area_attribute', 'area_attribute_type', '<table>_fk_<column>'],
  ['idx_by_mail', 'users', 'email', 'idx_...'],
  ['something_else', 'users', 'email', '...'],
  ['<table>_pkey', 'users', 'id', '_...__pkey'],
  ['', '', '', '...'],
])('%s', (name, table, columns, expected) => {
  expect(namePattern(name, { table, columns: columns.split(' ') })).toBe(expected)
})

test('the names that the server makes and cuts are known as its own', async () => {
  const table = 'a_table_with_a_name_that_is_nearly_as_long_as_a_name_may_be'
  const catalog = await catalogAfter(
    own.client,
    `create table ${table} (id int primary key, "a_column_with_a_long_name_as_well_as_the_table" int unique,
    parent_of_this_row_id int references ${table}); create index on ${table} (parent_of_this_row_id);
    create index on ${table} (parent_of_this_row_id) where parent_of_this_row_id > 1`,
  )
  const patterns = runRules(catalog, { v1: { ...catalog, tables: [] } }).flatMap(({ rule, pattern }) =>
    rule === 'naming' ? pattern : [],
  )
  expect(patterns.toSorted()).toEqual([
    "foreign keys named <table>_<column>_fkey (PostgreSQL's default) instead of fk_<table>_<column>",
    "indexes named <table>_<column>_idx (PostgreSQL's default) instead of idx_<table>_...",
    "indexes named <table>_<column>_idx<n> (PostgreSQL's default) instead of idx_<table>_...",
    "primary keys named <table>_pkey (PostgreSQL's default) instead of pk_<table>",
    "unique constraints named <table>_<column>_key (PostgreSQL's default) instead of uq_<table>_<column>",
  ])
})

test('columns and tables go by their case; a remedy renames only what has a name in V1’s letters', async () => {
  const catalog = await catalogAfter(
    own.client,
    `create table "UserAccount" ("userId" int, "ID" int, "Größe" int, "_id" int, "first name" int)`,
  )
  const found = runRules(catalog, { v1: { ...catalog, tables: [] } }).filter(({ rule }) => rule === 'naming')
  expect(found.map(({ pattern, remedy }) => `${pattern}: ${remedy}`)).toEqual([
    'tables in PascalCase: ALTER TABLE "UserAccount" RENAME TO user_account',
    'columns in camelCase: ALTER TABLE "UserAccount" RENAME COLUMN "userId" TO user_id',
    'columns in upper case: ALTER TABLE "UserAccount" RENAME COLUMN "ID" TO id',
    'columns with spaces or other characters in their names: Give it a name of lower-case letters, digits and _: ALTER TABLE "UserAccount" RENAME COLUMN "Größe" TO ...',
    'columns that begin with _ or a digit: Give it a name of lower-case letters, digits and _: ALTER TABLE "UserAccount" RENAME COLUMN _id TO ...',
    'columns with spaces or other characters in their names: ALTER TABLE "UserAccount" RENAME COLUMN "first name" TO first_name',
  ])
})
