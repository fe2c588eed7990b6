/** Stands for workspace/workspace.ts and workspace/discover.ts in a bundle: the plan is in the file and was verified when the file was made. */
import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { TamperedBundleError } from '../bundle/errors.ts'
import { revivedWorkspace } from '../bundle/plan-data.ts'
import { PLAN_PART, type PlanPart } from '../bundle/plan-part.ts'
import { textReader } from '../bundle/text-parts.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { identity, readPart } from './host.ts'
import { migrationCode } from './migration-code.ts'

const { file } = identity

/**
 * A plan of so many migrations makes V8 enlarge the space for new objects again and again, to more than everything else takes: 150 MB of 300 for
 * ten thousand. It stays as it is at the start, and is cleared more often.
 */
const MANY = 1000

export const LOCAL_FOLDER = ''

export const findWorkspace = (): string => ''

export async function openWorkspace(): Promise<Workspace> {
  const { table, starts, code } = readPart(PLAN_PART) as PlanPart
  if (table.migrations.length > MANY) setFlagsFromString('--semi-space-growth-factor=1')
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
