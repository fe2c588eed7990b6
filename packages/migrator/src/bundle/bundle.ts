/** A workspace → the text of one JavaScript file that runs its plan, on a machine with Node and nothing else. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { BundleIdentity } from '../bundle-identity.ts'
import { withoutLayout } from '../workspace/checksum.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { assembled, type Part } from './assemble.ts'
import { type Chunk, chunksOf } from './chunks.ts'
import { identityOf } from './identity.ts'
import { dynamicDirections, keptTexts, planTable } from './plan-data.ts'
import { PLAN_PART, type PlanPart } from './plan-part.ts'
import { textParts } from './text-parts.ts'

/** Code of so many characters that a run rarely needs, such as Kysely, is compressed: the smaller the file, the sooner Node has read it. */
const LARGE = 50_000

export interface Bundle {
  readonly identity: BundleIdentity
  readonly text: string
  /** The ids of the migrations that run as code. */
  readonly dynamic: readonly string[]
}

/**
 * The same files at the same commit give the same text. `file`: the name that the bundle will have.
 * Throws MissingPackageError, UnbundledCodeError, BundlerFailedError, UnknownParameterError.
 */
export async function bundleOf(workspace: Workspace, file: string): Promise<Bundle> {
  const identity = identityOf(workspace, file)
  const dynamic = workspace.order.filter((migration) => dynamicDirections(migration).length > 0)
  const chunks = await chunksOf({ identity, root: workspace.root, dynamic })
  const sourceOf = ({ file }: { readonly file: string }) => withoutLayout(readFileSync(file, 'utf8'))
  const { parts, starts } = textParts(workspace.order.map((migration) => keptTexts(migration, sourceOf)))
  const plan: PlanPart = { table: planTable(workspace), starts, code: digests(chunks) }
  const all: Part[] = [
    ...chunks.map(({ name, code, isOfStart }) => ({
      name,
      value: code,
      isCompressed: !isOfStart && code.length > LARGE,
    })),
    { name: PLAN_PART, value: plan },
    ...parts,
  ]
  return { identity, text: assembled(identity, all), dynamic: dynamic.map(({ id }) => id) }
}

const digests = (chunks: readonly Chunk[]): PlanPart['code'] =>
  Object.fromEntries(
    chunks
      .filter(({ isOfMigration }) => isOfMigration)
      .map(({ name, code }) => [name, createHash('sha256').update(code).digest('hex')]),
  )
