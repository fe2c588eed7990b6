/** The comparison of generated files that `check` is given: what `types --check` does, where it can be done. */
import type { GeneratedFiles } from '../check/generated.ts'
import { staleFiles } from '../types/files.ts'
import { isGenerated } from '../types/places.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** Throws what generate throws, but for a package that is not installed. */
export async function compareGenerated(workspace: Workspace): Promise<GeneratedFiles> {
  if (!workspace.domains.some(isGenerated))
    return { missing: 'no domain has generated files (npx nx run migrator:types writes them)' }
  try {
    const { generate } = await import('../types/generate.ts')
    const { staleFactText } = await import('../types/fact.ts')
    const generated = await generate(workspace)
    const files = generated.flatMap((one) => one.files)
    const stale = await staleFiles(workspace.root, files)
    return {
      compared: files.length,
      stale: stale.map((one) => ({ ...one, differences: one.differences.map(staleFactText) })),
    }
  } catch (error) {
    const name = packageNotFound(error)
    if (name === undefined) throw error
    return { missing: `the package ${name} is not installed` }
  }
}

/** https://nodejs.org/api/errors.html#err_module_not_found names the package in its message alone. */
function packageNotFound(error: unknown): string | undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') return undefined
  return /^Cannot find package '([^']+)'/.exec((error as Error).message)?.[1]
}
