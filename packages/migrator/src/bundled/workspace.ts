/** Stands for workspace/workspace.ts and workspace/discover.ts in a bundle: the plan is in the file and was verified when the file was made. */
import { createHash } from 'node:crypto'
import { TamperedBundleError } from '../bundle/errors.ts'
import { revivedWorkspace } from '../bundle/plan-data.ts'
import { PLAN_PART, type PlanPart } from '../bundle/plan-part.ts'
import { textReader } from '../bundle/text-parts.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { identity, readPart } from './host.ts'
import { migrationCode } from './migration-code.ts'

const { file } = identity

export const LOCAL_FOLDER = ''

export const findWorkspace = (): string => ''

export async function openWorkspace(): Promise<Workspace> {
  const { table, starts, code } = readPart(PLAN_PART) as PlanPart
  return revivedWorkspace(table, {
    file,
    texts: textReader(starts, readPart),
    code: async (id) => {
      for (const [part, wanted] of Object.entries(code)) {
        const found = createHash('sha256')
          .update(readPart(part) as string)
          .digest('hex')
        if (found !== wanted) throw new TamperedBundleError({ id, file, wanted, found })
      }
      return (migrationCode[id] as () => Promise<object>)()
    },
  })
}
