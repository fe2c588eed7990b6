/** The main branch as the proofs need it: its lines, or why it is not known. An unknown main branch is a finding, in CI an error. */
import { type Base, type NoBase, readBase } from '../workspace/main-branch.ts'
import type { ProofFinding, Severity } from './finding.ts'

/** A commit that stands for the main branch; `false` = do without one. Default: the commit where this branch left origin/main. */
export type AskedBase = string | false | undefined

export type FoundBase = Base | NoBase

const TOLD_SO: NoBase = { missing: '--no-base says to do without the main branch', remedy: '' }

/** Throws InvalidOptionError for a commit that git does not know. */
export const findBase = (root: string, asked: AskedBase): FoundBase =>
  asked === false ? TOLD_SO : readBase(root, asked)

/** Empty where the main branch is known, or where --no-base was given. */
export function noBaseFindings(base: FoundBase, severity: Severity): ProofFinding[] {
  if (!('missing' in base) || base === TOLD_SO) return []
  const inCi = severity === 'error' ? ' The environment variable CI is set, so that is an error.' : ''
  return [
    {
      rule: 'history/no-base',
      severity,
      message:
        `The main branch is not known here: ${base.missing}. So nothing tells whether a line of migrations.lock was edited or ` +
        `removed, nor which migrations are new and have to be safe on tables in use.${inCi}`,
      remedy: [
        base.remedy,
        `${base.remedy === '' ? 'Name' : 'Or name'} the commit that stands for it: --base REF.`,
        'Or say that there is none: --no-base.',
      ]
        .filter((sentence) => sentence !== '')
        .join(' '),
    },
  ]
}
