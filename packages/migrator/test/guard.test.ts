import { describe, expect, test } from 'vitest'
import type { DatabaseState, PublicObject } from '../src/database/inspect.ts'
import { assertCleanSlate } from '../src/run/clean-slate.ts'
import { CollisionError, NonEmptyDatabaseError, ServerTooOldError } from '../src/run/errors.ts'
import { assertServer } from '../src/run/guard.ts'
import { planned, rendering } from './values.ts'

const FULL = {
  user: 'veza',
  isInRecovery: false,
  isReadOnlyByDefault: false,
  canCreate: true,
  canMakeTemporary: true,
  missingOnHistory: [],
  owner: undefined,
  isOwner: true,
}

function state(fields: Partial<DatabaseState> = {}): DatabaseState {
  return {
    serverVersion: '18.4',
    serverVersionNumber: 180_004,
    backendPid: 1,
    hasHistory: false,
    historyForm: '',
    access: FULL,
    history: [],
    tables: 0,
    strangers: [],
    lockSlots: 6400,
    lock: { held: true, transactionId: '700' },
    ...fields,
  }
}

const refusal = (strangers: readonly PublicObject[], sql: string, allowNonempty: boolean): unknown => {
  try {
    const steps = [planned('core/001_a', 1, { up: rendering(sql) })]
    return assertCleanSlate(state({ strangers }), { steps, allowNonempty, target: 'db:5432/veza' })
  } catch (error) {
    return error
  }
}

describe('the server', () => {
  test.each([
    [140_022, '14.22'],
    [90_624, '9.6.24'],
  ])('is refused when it is older than 15 (%i)', (serverVersionNumber, serverVersion) => {
    const checking = () => assertServer(state({ serverVersionNumber, serverVersion }), 'db:5432/veza')
    expect(checking).toThrow(ServerTooOldError)
    expect(checking).toThrow(expect.objectContaining({ version: serverVersion }))
  })

  test.each([150_000, 150_017, 180_004])('is taken from 15 on (%i)', (serverVersionNumber) => {
    expect(() => assertServer(state({ serverVersionNumber }), 'db')).not.toThrow()
  })
})

describe('a database without a history', () => {
  const users: PublicObject = { kind: 'table', name: 'users' }

  test('is taken when public is empty', () => {
    expect(refusal([], 'create table users ()', false)).toBeUndefined()
  })

  test('is refused with what stands there, each once and without indexes', () => {
    const strangers: PublicObject[] = [users, { kind: 'function', name: 'f' }, { kind: 'function', name: 'f' }]
    const error = refusal([...strangers, { kind: 'index', name: 'users_pkey' }], 'create table a ()', false)
    expect(error).toBeInstanceOf(NonEmptyDatabaseError)
    expect(error).toMatchObject({ objects: ['table users', 'function f'] })
  })

  test('is taken with unrelated objects if that was allowed', () => {
    expect(refusal([users], 'create table accounts ()', true)).toBeUndefined()
  })

  test('with a history is not asked', () => {
    const known = state({ hasHistory: true, strangers: [users] })
    const steps = [planned('core/001_users', 1)]
    expect(() => assertCleanSlate(known, { steps, allowNonempty: false, target: 'db' })).not.toThrow()
  })
})

describe('a collision is refused even if unrelated objects are allowed:', () => {
  test.each<[PublicObject, string]>([
    [{ kind: 'table', name: 'users' }, 'create table users ()'],
    [{ kind: 'table', name: 'users' }, 'create table "users" ()'],
    [{ kind: 'table', name: 'users' }, 'CREATE TABLE public.users ()'],
    [{ kind: 'table', name: 'users' }, 'create table "public"."users" ()'],
    [{ kind: 'table', name: 'users' }, 'create table if not exists users ()'],
    [{ kind: 'table', name: 'users' }, 'create unlogged table USERS ()'],
    [{ kind: 'table', name: 'Users' }, 'create table "Users" ()'],
    [{ kind: 'table', name: 'a "b"' }, 'create table "a ""b""" ()'],
    [{ kind: 'view', name: 'users' }, 'create table users ()'],
    [{ kind: 'table', name: 'users' }, 'create or replace view users as select 1'],
    [{ kind: 'view', name: 'v' }, 'create materialized view v as select 1'],
    [{ kind: 'view', name: 'v' }, 'create or replace recursive view v as select 1'],
    [{ kind: 'sequence', name: 's' }, 'create sequence s'],
    [{ kind: 'index', name: 'users_name' }, 'create unique index concurrently if not exists users_name on a (b)'],
    [
      { kind: 'function', name: 'set_updated_at' },
      'create or replace function set_updated_at() returns trigger as $$ $$',
    ],
    [{ kind: 'function', name: 'f' }, 'create procedure f() as $$ $$'],
    [{ kind: 'function', name: 'f' }, 'do $$ begin execute 1; create function f() returns int return 1; end $$'],
    [{ kind: 'table', name: 'users' }, "do $$ begin execute 'create table users ()'; end $$"],
    [{ kind: 'table', name: 'users' }, 'create foreign table if not exists users () server s'],
    [{ kind: 'function', name: 'total' }, 'create or replace aggregate total (int) (sfunc = f, stype = int)'],
    [{ kind: 'type', name: 'mood' }, "create type mood as enum ('fine')"],
    [{ kind: 'type', name: 'email' }, 'create domain email as text'],
  ])('%j and %s', (object, sql) => {
    const error = refusal([object], sql, true)
    expect(error).toBeInstanceOf(CollisionError)
    expect(error).toMatchObject({ objects: [{ ...object, migration: 'core/001_a' }] })
  })

  test.each<[PublicObject, string]>([
    [{ kind: 'function', name: 'users' }, 'create table users ()'],
    [{ kind: 'table', name: 'users' }, 'create function users() returns int return 1'],
    [{ kind: 'table', name: 'users' }, 'create table users_old ()'],
    [{ kind: 'table', name: 'users' }, 'create table "Users" ()'],
    [{ kind: 'table', name: 'users' }, 'create table other.users ()'],
    [{ kind: 'table', name: 'other' }, 'create table other.users ()'],
    [{ kind: 'table', name: 'users' }, 'create temporary table users ()'],
    [{ kind: 'table', name: 'users' }, "comment on table a is 'Made by create table users.'"],
    [{ kind: 'table', name: 'users' }, 'create table a () -- not: create table users ()'],
  ])('but not %j and %s', (object, sql) => {
    expect(refusal([object], sql, true)).toBeUndefined()
  })
})
