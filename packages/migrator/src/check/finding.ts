/** What a proof found and what it proved, as values: nothing here writes output. */
import type { Advice } from '../errors.ts'

export type Severity = 'error' | 'warning'

export interface ProofFinding {
  /** `<proof>/<rule>`: `ownership/foreign-object`. */
  readonly rule: string
  readonly severity: Severity
  /** What is wrong, with the names of both sides: what breaks the rule, and what it conflicts with. */
  readonly message: string
  /** What to do, with the command to run where there is one. */
  readonly remedy: string
  /** Path relative to the workspace, with `/`. */
  readonly file?: string
  readonly migration?: string
  /** Number within the migration's up (or down), from 1. */
  readonly statement?: number
  /** `table users`. */
  readonly object?: string
  /** The domain that the object belongs to. */
  readonly owner?: string
}

/** A finding with the words of the error that another verb would throw for the same problem. */
export const findingFrom = (
  { problem, remedy }: Advice,
  rule: string,
  place: Pick<ProofFinding, 'file' | 'migration'>,
): ProofFinding => ({ rule, severity: 'error', message: problem, remedy, ...place })

export interface Proof {
  /** `order`, `replay`, ... */
  readonly name: string
  /** What was checked: `17 migrations, 184 statements`; where nothing was checked, the reason. */
  readonly proven: string
  /** False where `proven` holds the reason why nothing was checked. */
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
