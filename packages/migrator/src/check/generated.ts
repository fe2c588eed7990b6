/**
 * Proof: the generated files say what the migrations build. The caller of `check` passes the comparison in, since this folder knows
 * nothing of types. If a package that the comparison needs is not installed, the proof is not made. Pure.
 */
import { bulleted } from '../errors.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { ProofFinding } from './finding.ts'

export interface GeneratedDifference {
  /** Path relative to the workspace, with `/`. */
  readonly file: string
  readonly missing: boolean
  /** `table users, column email: here ...; the migrations build ...`, each one line. */
  readonly differences: readonly string[]
}

export type GeneratedFiles =
  | { readonly compared: number; readonly stale: readonly GeneratedDifference[] }
  /** Part of a sentence: why nothing could be compared. */
  | { readonly missing: string }

export type CompareGenerated = (workspace: Workspace) => Promise<GeneratedFiles>

export const generatedFindings = (stale: readonly GeneratedDifference[]): ProofFinding[] =>
  stale.map(({ file, missing, differences }) => ({
    rule: missing ? 'types/missing' : 'types/stale',
    severity: 'error',
    message: missing
      ? `${file} is missing, and other generated files are there.`
      : `${file} does not say what the migrations build:\n${bulleted(differences)}`,
    remedy: 'Write the generated files: npx nx run migrator:types',
    file,
  }))
