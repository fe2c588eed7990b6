/** Workspace → rights, from a replay on a throw-away database: who owns what is not read from SQL texts, but seen. */
import { withReplay } from '../replay/replay.ts'
import { withScratch } from '../replay/scratch.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { ownedObjects, type Rights, rightsOf } from './rights.ts'

/** Throws RoleNameError, and what withReplay throws. */
export async function grantedRights({ root, order, graph, domains }: Workspace, prefix: string): Promise<Rights> {
  const byName = new Map(domains.map((domain) => [domain.name, domain]))
  const named = { prefix, domains: graph.order.map((name) => byName.get(name)!) }
  // Before the replay, which takes a while.
  rightsOf({ ...named, objects: [] })
  const objects = await withScratch(root, (scratch) =>
    withReplay(scratch, { steps: order }, async ({ catalog, makers }) => ownedObjects(catalog, makers)),
  )
  return rightsOf({ ...named, objects })
}
