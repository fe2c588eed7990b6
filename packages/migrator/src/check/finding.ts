/** What a proof found, and what it proved: values, made without a word of output. */
import type { Advice } from '../errors.ts'

export type Severity = 'error' | 'warning'

export interface ProofFinding {
  /** `<proof>/<rule>`: `ownership/foreign-object`. */
  readonly rule: string
  readonly severity: Severity
  /** What is wrong, with both ends of it. */
  readonly message: string
  /** What to do, with the command to run where there is one. */
  readonly remedy: string
  /** Path from the workspace, with `/`. */
  readonly file?: string
  readonly migration?: string
  /** Number within the migration's up (or down), from 1. */
  readonly statement?: number
  /** `table users`. */
  readonly object?: string
  /** The domain that the object belongs to. */
  readonly owner?: string
}

/** What a verb would refuse to work with is found in the same words. */
export const findingFrom = (
  { problem, remedy }: Advice,
  rule: string,
  place: Pick<ProofFinding, 'file' | 'migration'>,
): ProofFinding => ({ rule, severity: 'error', message: problem, remedy, ...place })

export interface Proof {
  /** `order`, `replay`, ... */
  readonly name: string
  /** What was held against the rule: `17 migrations, 184 statements`; where nothing was, the reason. */
  readonly proven: string
  /** False where a reason stands in `proven`. */
  readonly checked: boolean
  readonly findings: readonly ProofFinding[]
  readonly durationMs: number
}

/** Errors fail a check; warnings are shown. */
export const isFailed = (proofs: readonly Proof[]): boolean =>
  proofs.some(({ findings }) => findings.some(({ severity }) => severity === 'error'))

/** Names of proofs that were not made. */
export const unchecked = (proofs: readonly Proof[]): readonly string[] =>
  proofs.filter(({ checked }) => !checked).map(({ name }) => name)
