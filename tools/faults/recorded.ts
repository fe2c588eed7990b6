/** The results that the page is made of: docs/reliability.json, one entry for each kind of fault and each major version of PostgreSQL. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KindResult } from './campaign.ts'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const RESULTS = 'docs/reliability.json'
export const PAGE = 'docs/reliability.md'

export interface Recorded {
  readonly kind: string
  /** `18.4`. */
  readonly postgres: string
  readonly node: string
  /** `2026-11-25`. */
  readonly date: string
  /** The commit that was tried. */
  readonly commit: string
  readonly seed: number
  /** Why it was not done. */
  readonly skipped?: string
  readonly cases: number
  readonly rounds: number
  /** What was found, in a sentence each. */
  readonly faults: readonly string[]
  readonly said: Readonly<Record<string, number>>
}

export function readRecorded(root = REPOSITORY): readonly Recorded[] {
  const file = join(root, RESULTS)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
}

/** A result takes the place of an earlier one of the same kind on the same major version. */
export function writeRecorded(entries: readonly Recorded[], root = REPOSITORY): readonly Recorded[] {
  const key = ({ kind, postgres }: Recorded): string => `${kind} ${majorOf(postgres)}`
  const merged = new Map([...readRecorded(root), ...entries].map((entry) => [key(entry), entry]))
  const sorted = [...merged.values()].toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  writeFileSync(join(root, RESULTS), `${JSON.stringify(sorted, undefined, 2)}\n`)
  return sorted
}

export const majorOf = (postgres: string): number => Number.parseInt(postgres, 10)

export function recordedOf(result: KindResult, made: Pick<Recorded, 'postgres' | 'seed'>): Recorded {
  const { kind, skipped, cases, rounds, faults, said } = result
  return {
    ...{
      kind,
      ...made,
      node: process.version.slice(1),
      date: new Date().toISOString().slice(0, 10),
      commit: commitNow(),
    },
    ...(skipped !== undefined && { skipped }),
    ...{ cases, rounds, said },
    faults: faults.map(({ round, what, wrong }) =>
      `round ${round}, ${what}: ${wrong[0]?.split('\n')[0]}`.slice(0, 300),
    ),
  }
}

/** With a plus sign if the files differ from the commit. */
function commitNow(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: REPOSITORY, encoding: 'utf8' }).trim()
  const isChanged = git('status', '--porcelain', '--untracked-files=no', '--', 'packages', 'tools') !== ''
  return `${git('rev-parse', '--short=10', 'HEAD')}${isChanged ? '+' : ''}`
}
