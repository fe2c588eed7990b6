/**
 * The repository's domains as they were at V1, for tests whose words are V1's: what comes later neither shows nor counts in it.
 *
 *     using v1 = v1Workspace()
 *     const { order } = await openWorkspace(v1.root)
 */
import { cutBackToV1 } from '@veza/tools/v1'
import { type WorkspaceCopy, workspaceCopy } from '../workspace-copy.ts'

export function v1Workspace(): WorkspaceCopy {
  const copy = workspaceCopy()
  cutBackToV1(copy.root)
  return copy
}
