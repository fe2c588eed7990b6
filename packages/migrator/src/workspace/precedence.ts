/**
 * Which of two migrations with one number came first. A migration that the main branch has published always keeps its number. Next come
 * the migrations that were there before git put other commits on top of them. If neither side is known to be the main branch, nothing
 * is guessed: the answer says why it is not known.
 */
import type { Doubt } from './errors.ts'
import { commitOf, git, isAncestor } from './git.ts'
import type { MigrationFile } from './load.ts'
import type { LockLine } from './lockfile.ts'
import { commitAsked, idsOf, linesOf, MAIN_REF, type NoBase, readBase } from './main-branch.ts'
import { type GitOperation, unfinished } from './unfinished.ts'

export interface Precedence {
  /** Lines of the main branch, in its order: they keep their numbers and their place. */
  readonly settled: readonly LockLine[]
  /** Ids that come next, in their order; all others follow as migrations.lock has them. */
  readonly earlier: readonly string[]
  /** Ids that the main branch is known to have, whatever `--base` says. */
  readonly published: readonly string[]
  /** The branches that `published` was read from: `origin/main`; empty if nothing is known of the main branch. */
  readonly publishedBy: readonly string[]
  /** Why it is not known which of two migrations came first, neither of them in `settled`; undefined if it is known. */
  doubt(one: MigrationFile, other: MigrationFile): Doubt | undefined
}

const LOCAL_MAIN = 'refs/heads/main'

/** `locked`: ids that have a line. Throws InvalidOptionError for a `ref` that git does not know. */
export function readPrecedence(root: string, ref: string | undefined, locked: ReadonlySet<string>): Precedence {
  const mains = publishedRefs(root)
  const lines = mains.flatMap((main) => linesOf(root, main))
  const settled = [...new Map(lines.toReversed().map((line) => [line.id, line])).values()].toReversed()
  const published = settled.map(({ id }) => id)
  const publishedBy = mains.map((main) => main.replace('refs/remotes/', ''))
  if (ref !== undefined) {
    return {
      settled: linesOf(root, commitAsked(root, ref)),
      earlier: [],
      published,
      publishedBy,
      doubt: () => undefined,
    }
  }
  const state = unfinished(root)
  const earlier = earlierIds(root, state)
  return {
    settled,
    earlier,
    published,
    publishedBy,
    doubt: doubts({ root, state, earlier: new Set(earlier), locked, publishedBy }),
  }
}

/** origin/main, and the upstream of the local main if it is another branch: in a fork, origin is not the shared repository. */
function publishedRefs(root: string): readonly string[] {
  const upstream = git(root, 'for-each-ref', '--format=%(upstream)', LOCAL_MAIN)?.trim() ?? ''
  const refs = upstream.startsWith('refs/remotes/') ? [MAIN_REF, upstream] : [MAIN_REF]
  return [...new Set(refs)].filter((ref) => commitOf(root, ref) !== undefined)
}

/**
 * Ids of the migrations that were there before those of the current branch. The local main branch may have migrations that are not
 * published: nobody else has them yet, but they are older than the commits that a merge or rebase puts on top of them.
 */
function earlierIds(root: string, state: GitOperation | undefined): readonly string[] {
  if (state?.kind === 'rebase') return union([idsOf(root, state.onto), idsOf(root, 'HEAD')])
  if (state?.kind === 'revert' || state?.kind === 'am') return idsOf(root, 'HEAD')
  const main = commitOf(root, LOCAL_MAIN)
  if (main === undefined) return []
  if (state !== undefined) {
    const side = ['HEAD', ...state.others].find((commit) => isAncestor(root, commit, main))
    return side === undefined ? [] : idsOf(root, side)
  }
  if (!isAncestor(root, 'HEAD', main)) return idsOf(root, main)
  // The current branch is main itself. If its last commit is a merge, the first parent is what main had before.
  return commitOf(root, 'HEAD^2') === undefined ? [] : idsOf(root, 'HEAD^1')
}

interface Known {
  readonly root: string
  readonly state: GitOperation | undefined
  readonly earlier: ReadonlySet<string>
  readonly locked: ReadonlySet<string>
  readonly publishedBy: readonly string[]
}

function doubts({ root, state, earlier, locked, publishedBy }: Known): Precedence['doubt'] {
  const [main] = publishedBy
  const isKnown = (...two: readonly MigrationFile[]) => two.some(({ id }) => earlier.has(id))
  if (state?.kind === 'merge' || state?.kind === 'cherry-pick') {
    const other = state.kind === 'merge' ? 'MERGE_HEAD' : 'CHERRY_PICK_HEAD'
    const here = new Set(idsOf(root, 'HEAD'))
    const there = new Set(union(state.others.map((commit) => idsOf(root, commit))))
    const isHereAlone = ({ id }: MigrationFile) => here.has(id) && !there.has(id)
    const isThereAlone = ({ id }: MigrationFile) => there.has(id) && !here.has(id)
    return (one, two) => {
      const isAcross = (isHereAlone(one) && isThereAlone(two)) || (isHereAlone(two) && isThereAlone(one))
      return isKnown(one, two) || !isAcross ? undefined : { kind: 'two sides', other, main }
    }
  }
  const unknown = publishedBy.length === 0 ? noHistory(root) : undefined
  return (one, other) => {
    if (isKnown(one, other)) return undefined
    // A migration without a line in migrations.lock is certainly new.
    if (unknown !== undefined) return locked.has(one.id) && locked.has(other.id) ? unknown : undefined
    return addedApart(root, one, other) ? { kind: 'merged', main } : undefined
  }
}

/** In a shallow clone, or without git, nothing shows that two branches were merged. Undefined if the history is complete. */
function noHistory(root: string): Doubt | undefined {
  const isComplete = git(root, 'rev-parse', '--is-shallow-repository')?.trim() === 'false'
  if (isComplete) return undefined
  const { missing, remedy } = readBase(root, undefined) as NoBase
  return { kind: 'no history', missing, advice: remedy }
}

/**
 * Whether two files were added on two branches that were merged later. The order of their lines then means nothing: git puts the lines of
 * the current branch first.
 */
function addedApart(root: string, one: MigrationFile, other: MigrationFile): boolean {
  const added = ({ path }: MigrationFile) =>
    git(root, 'log', '-1', '--diff-filter=A', '--no-renames', '--format=%H', '--', path)?.trim()
  const [first, second] = [added(one), added(other)]
  if (!first || !second) return false
  return !isAncestor(root, first, second) && !isAncestor(root, second, first)
}

const union = (lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())]
