/** What a baseline found and recorded. Pure. */
import { plural } from '../errors.ts'
import { type ReportedDatabase, targetDocument } from '../report/target.ts'
import type { Lines, Report } from '../verb.ts'
import type { Planned } from '../workspace/workspace.ts'
import { type Match, type Mismatch, shorterMatch } from './match.ts'

export interface BaselineShown {
  readonly match: Match
  readonly steps: readonly Planned[]
  readonly reason: string
  readonly place: ReportedDatabase
}

const VERBS = { missing: 'is missing', added: 'is there, and no migration makes it', changed: 'differs' } as const

/** What is going to be recorded, before it is asked about. */
export const matchLines =
  ({ match, steps, reason }: Pick<BaselineShown, 'match' | 'steps' | 'reason'>): Lines =>
  ({ paint }) => [
    `${paint('green', 'The database is')} what ${plural(steps.length, 'migration')} build, up to ${steps.at(-1)?.id}: ` +
      'tables, columns, constraints, indexes, triggers, functions, views, types, comments, and the rows that they insert.',
    'Not compared: rights, owners, partitions, other schemas, and what else the tables hold.',
    ...match.strangers.map((name) => `  accepted, though no migration makes it: ${name}`),
    `  reason    ${reason}`,
  ]

export function baselineReport(shown: BaselineShown, { dryRun }: { readonly dryRun: boolean }): Report {
  const { match, steps, reason, place } = shown
  const { mismatches, strangers } = match
  const isMatch = mismatches.length === 0
  const shorter = isMatch ? undefined : shorterMatch(mismatches, steps)
  return {
    lines: ({ paint }) => {
      if (!isMatch) return mismatchLines(mismatches, shorter)
      if (dryRun) return ['Nothing was recorded.']
      return [
        `${paint('green', 'Recorded')} ${plural(steps.length, 'migration')} as applied. What is pending: npx nx run migrator:status`,
      ]
    },
    document: {
      command: 'baseline',
      dryRun,
      target: targetDocument(place),
      to: steps.at(-1)?.id ?? null,
      reason,
      matches: isMatch,
      mismatches,
      strangers,
      recorded: isMatch && !dryRun ? steps.map(({ id }) => id) : [],
      ...(shorter && { maybe: shorter.id }),
    },
    exitCode: isMatch ? 0 : 1,
  }
}

function mismatchLines(mismatches: readonly Mismatch[], shorter: Planned | undefined): string[] {
  return [
    ...mismatches.flatMap(({ what, change, found, expected, maker }) => [
      `  ${what} ${VERBS[change]}${maker === null ? '' : `; ${maker} makes it`}`,
      ...(change === 'changed' ? [`      here      ${found}`, `      expected  ${expected}`] : []),
      ...(what.startsWith('a row of') ? [`      expected  ${expected}`] : []),
    ]),
    `The database is not what these migrations build: ${plural(mismatches.length, 'difference')}. Nothing was recorded.`,
    ...(shorter === undefined ? [] : [`What is missing is made later. Perhaps it was built up to: --to ${shorter.id}`]),
  ]
}
