/** What a run leaves that was killed while it ran a migration outside a transaction, made without killing one. */
import type { TestDatabase } from '@veza/tools/test-database'
import { recordStarted } from '../src/database/history.ts'
import { openWorkspace, type Planned } from '../src/workspace/workspace.ts'

const RUN = { runId: '22222222-2222-4222-8222-222222222222', toolVersion: '1.0.0', appliedBy: 'killed@machine' }

async function stepOf(workspace: { readonly root: string }, id: string): Promise<Planned> {
  return (await openWorkspace(workspace.root)).order.find((one) => one.id === id) as Planned
}

/** Killed before its statement has done anything. */
export async function begun(db: TestDatabase, workspace: { readonly root: string }, id: string): Promise<Planned> {
  const step = await stepOf(workspace, id)
  const { sql, parameters } = recordStarted(step, RUN)
  await db.client.query(sql, [...parameters])
  return step
}

/** Killed in the middle of building its unique index on `users (name)`: the index is INVALID. */
export async function halfBuilt(db: TestDatabase, workspace: { readonly root: string }, id: string): Promise<void> {
  const step = await begun(db, workspace, id)
  await db.client.query("insert into users (name) values ('ann'), ('ann')")
  await db.client.query(step.render.up.statements[0]!.sql).then(
    () => Promise.reject(new Error('the index has no duplicates in its way')),
    () => {},
  )
  await db.client.query('delete from users')
}

/** Killed after its statement was done, before that was recorded. */
export async function unrecorded(db: TestDatabase, workspace: { readonly root: string }, id: string): Promise<void> {
  const step = await begun(db, workspace, id)
  await db.client.query(step.render.up.statements[0]!.sql)
}
