/** What a run said of itself, read from its exit code and its document. Pure. */
import type { Ended } from './process.ts'

export type Claim =
  /** It said nothing, and owes nothing: it was killed. */
  | { readonly kind: 'killed' }
  | { readonly kind: 'complete' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'partly'; readonly ids: readonly string[] }
  | { readonly kind: 'halfway'; readonly id: string; readonly ids: readonly string[] }
  /** The server is still at work, or cannot be asked. */
  | { readonly kind: 'unknown' }
  /** It ended in a way in which it must never end. */
  | { readonly kind: 'wrong'; readonly why: string }

const EXIT_CODES = new Set([0, 2, 3, 4])

export function claimOf(ended: Ended): Claim {
  const { exitCode, signal, hung, stdout, stderr } = ended
  if (hung) return { kind: 'wrong', why: `it hung: it had not ended after ${Math.round(ended.elapsedMs)} ms` }
  if (signal === 'SIGKILL') return { kind: 'killed' }
  // A second Ctrl-C may meet a process that has already said all, and is on its way out.
  const isCutShort = (signal === 'SIGINT' || signal === 'SIGTERM') && parsed(stdout) !== undefined
  if (!isCutShort && (exitCode === null || !EXIT_CODES.has(exitCode)))
    return { kind: 'wrong', why: `it ended with ${signal ?? `exit code ${exitCode}`}: ${stderr.trim() || 'no word'}` }
  const document = parsed(stdout)
  if (document === undefined)
    return { kind: 'wrong', why: `standard output is not one JSON document: ${stdout.slice(0, 300)}` }
  const { error } = document
  if (exitCode === 0 || (isCutShort && error === undefined))
    return error === undefined ? { kind: 'complete' } : { kind: 'wrong', why: 'exit code 0 with an error' }
  if (error?.code === undefined || error.code === 'Defect')
    return { kind: 'wrong', why: `a defect of the migrator: ${String(error?.message)}` }
  if (stderr.trim() === '') return { kind: 'wrong', why: `it failed with ${error.code} and said nothing to a person` }
  const claim = outcomeOf(error.outcome)
  const contradicted = error.outcome === undefined ? undefined : contradiction(claim, stderr)
  return contradicted === undefined ? claim : { kind: 'wrong', why: contradicted }
}

const SAYS_NOTHING = /\bnothing (of this run was )?(applied|reverted)/i
const SAYS_SOMETHING = /and committed, before this|a part of it may be|all of the run is/

/** The words to a person must not say something else than the document. */
function contradiction(claim: Claim, words: string): string | undefined {
  const differs = `the document says ${JSON.stringify(claim)}, and the words to a person are:\n${words}`
  if (claim.kind === 'nothing') return SAYS_SOMETHING.test(words) ? differs : undefined
  if (SAYS_NOTHING.test(words)) return differs
  const named = claim.kind === 'partly' ? claim.ids : claim.kind === 'halfway' ? [...claim.ids, claim.id] : []
  if (!named.every((id) => words.includes(id))) return differs
  return claim.kind === 'unknown' && !words.includes('status') ? differs : undefined
}

/** An error without an outcome was thrown before anything ran. */
function outcomeOf(outcome: { kind?: string; id?: string; ids?: readonly string[] } | undefined): Claim {
  const { kind = 'nothing', id = '', ids = [] } = outcome ?? {}
  switch (kind) {
    case 'nothing':
    case 'complete':
      return { kind }
    case 'partly':
      return { kind, ids }
    case 'halfway':
      return { kind, id, ids }
    case 'running':
    case 'unknown':
      return { kind: 'unknown' }
  }
  return { kind: 'wrong', why: `an outcome that nobody knows: ${kind}` }
}

function parsed(stdout: string): any {
  try {
    return JSON.parse(stdout)
  } catch {
    return undefined
  }
}
