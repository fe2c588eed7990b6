/** lock file × files → the next lock file: lines keep their place, new ones are appended. */
import { expect, test } from 'vitest'
import { type Edit, EditedMigrationError, LockedWithoutFileError, LockfileOrderError } from '../src/workspace/errors.ts'
import { buildGraph } from '../src/workspace/graph.ts'
import type { LockLine } from '../src/workspace/lockfile.ts'
import { planLock } from '../src/workspace/relock.ts'
import type { WorkspaceFiles } from '../src/workspace/workspace.ts'
import { told } from './told.ts'
import { checksumOf, orderOf, planned } from './values.ts'

const graph = buildGraph([
  { name: 'core', dependencies: [] },
  { name: 'auth', dependencies: ['core'] },
])
const lines = (...ids: readonly string[]): LockLine[] => ids.map((id) => ({ id, checksum: checksumOf(id) }))
const layout = (lock: readonly LockLine[]): WorkspaceFiles => ({
  root: '/repository',
  domains: [],
  graph,
  files: [],
  lock,
})
const ids = (lock: readonly LockLine[]): string[] => lock.map(({ id }) => id)

test('new files are appended, dependencies first; the lines before stay', () => {
  const files = orderOf('auth/001_b', 'auth/002_d', 'core/001_a', 'core/002_c')
  const change = planLock(layout(lines('core/001_a', 'auth/001_b')), files, { update: false })
  expect(ids(change.lines)).toEqual(['core/001_a', 'auth/001_b', 'core/002_c', 'auth/002_d'])
  expect(change).toMatchObject({ appended: ['core/002_c', 'auth/002_d'], updated: [], dropped: [] })
})

test('nothing new changes nothing', () => {
  const before = lines('core/001_a', 'auth/001_b')
  const change = planLock(layout(before), orderOf('core/001_a', 'auth/001_b'), { update: false })
  expect(change).toEqual({ lines: before, appended: [], updated: [], dropped: [] })
})

test('an edited migration is refused, and recorded again in its place with update', async () => {
  const files = [planned('core/001_a', 1, { checksum: checksumOf('edited') }), planned('core/002_b', 2)]
  const before = layout(lines('core/001_a', 'core/002_b'))
  const helpers = ['packages/core-schema/src/names.ts']
  const refused = (edit: Edit) => () => planLock(before, files, { update: false, editOf: () => edit })
  expect(refused({ by: 'file' })).toThrow(EditedMigrationError)
  expect(await told(refused({ by: 'helpers', helpers }))).toMatchInlineSnapshot(`
    "core/001_a renders other SQL than migrations.lock recorded on line 1: packages/core-schema/src/migrations/001_a.ts is as it was, but packages/core-schema/src/names.ts, which it uses, has been edited.
    If any database may have it, undo the edit and write a new migration. If none has, record the new SQL with: npx nx run migrator:lock --update"
  `)
  expect(await told(refused({ by: 'unknown', helpers }))).toMatchInlineSnapshot(`
    "core/001_a renders other SQL than migrations.lock recorded on line 1: packages/core-schema/src/migrations/001_a.ts, or what it uses (packages/core-schema/src/names.ts), has been edited.
    If any database may have it, undo the edit and write a new migration. If none has, record the new SQL with: npx nx run migrator:lock --update"
  `)
  expect(planLock(before, files, { update: true })).toEqual({
    lines: [{ id: 'core/001_a', checksum: checksumOf('edited') }, ...lines('core/002_b')],
    appended: [],
    updated: ['core/001_a'],
    dropped: [],
  })
})

test('a line whose file is gone is refused, and dropped with update', () => {
  const before = layout(lines('core/001_a', 'core/002_b'))
  expect(() => planLock(before, orderOf('core/001_a'), { update: false })).toThrow(LockedWithoutFileError)
  const change = planLock(before, orderOf('core/001_a'), { update: true })
  expect(change).toMatchObject({ lines: lines('core/001_a'), dropped: ['core/002_b'] })
})

test('a renamed migration is refused by both names, and dropped and appended with update', async () => {
  const before = layout(lines('core/001_a', 'core/002_b'))
  const renamed = planned('core/002_better', 2, { checksum: checksumOf('core/002_b') })
  const refused = () => planLock(before, [...orderOf('core/001_a'), renamed], { update: false })
  expect(await told(refused)).toMatchInlineSnapshot(`
    "core/002_b, line 2 of migrations.lock, is now called core/002_better: packages/core-schema/src/migrations/002_better.ts renders the same SQL.
    Give the file its old name back, since a database that has it knows it as core/002_b. If no database has it, record the new name with: npx nx run migrator:lock --update"
  `)
  const change = planLock(before, orderOf('core/001_a', 'core/002_better'), { update: true })
  expect(change).toMatchObject({ appended: ['core/002_better'], dropped: ['core/002_b'] })
})

test('an order that the graph does not allow is not written', () => {
  const before = layout(lines('core/002_b'))
  expect(() => planLock(before, orderOf('core/001_a', 'core/002_b'), { update: false })).toThrow(LockfileOrderError)
})
