/** V1 in a database of the file's own, each test in a transaction that is rolled back, and V1 as a replay has it. */
import { v1Workspace } from '@veza/tools/v1'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type Replayed, replay } from '../src/replay/replay.ts'
import { withScratch } from '../src/replay/scratch.ts'
import { openWorkspace, type Workspace } from '../src/workspace/workspace.ts'
import { ownDatabase } from './own-database.ts'

interface MigratedAndReplayed extends ReturnType<typeof ownDatabase> {
  readonly root: string
  replayed: Replayed
  workspace: Workspace
}

export function migratedAndReplayed(): MigratedAndReplayed {
  const v1 = v1Workspace()
  const all = Object.assign(ownDatabase({ migrated: 'v1' }), { root: v1.root }) as MigratedAndReplayed
  beforeAll(async () => {
    all.workspace = await openWorkspace(v1.root, { edited: 'accept' })
    all.replayed = await withScratch(v1.root, (scratch) => replay(scratch, { steps: all.workspace.order }))
  })
  afterAll(() => v1[Symbol.dispose]())
  beforeEach(() => all.client.query('begin'))
  afterEach(() => all.client.query('rollback'))
  return all
}
