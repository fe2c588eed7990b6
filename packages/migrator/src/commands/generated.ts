/** The comparison of generated files for `check`: the same as in `types --check`, if the packages for it are installed. */
import type { GeneratedFiles } from '../check/generated.ts'
import { MissingPackageError } from '../errors.ts'
import { staleTypeFiles } from '../types/files.ts'
import { isGenerated } from '../types/places.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** Throws what generate throws, except MissingPackageError. */
export async function compareGenerated(workspace: Workspace): Promise<GeneratedFiles> {
  if (!workspace.domains.some(isGenerated))
    return { missing: 'no domain has generated files (npx nx run migrator:types writes them)' }
  try {
    const { generate } = await import('../types/generate.ts')
    const { staleFactText } = await import('../types/fact.ts')
    const generated = await generate(workspace)
    const files = generated.flatMap((one) => one.files)
    const stale = await staleTypeFiles(workspace.root, files)
    return {
      compared: files.length,
      stale: stale.map((one) => ({ ...one, differences: one.differences.map(staleFactText) })),
    }
  } catch (error) {
    if (!(error instanceof MissingPackageError)) throw error
    return { missing: `the package ${error.package} is not installed` }
  }
}
