/** What `archive` moved, or would move → its report. Pure. */
import { plural } from '../errors.ts'
import type { Paint, Report } from '../verb.ts'
import type { ArchivePlan } from './archive.ts'

export interface Archived {
  readonly plan: ArchivePlan
  /** Names of the files that were moved; none in a dry run. */
  readonly moved: readonly string[]
  readonly dryRun: boolean
  /** The folder as the user typed it. */
  readonly to: string
}

export const archiveReport = (archived: Archived): Report => {
  const { plan, moved, dryRun } = archived
  return {
    lines: ({ paint }) => [
      ...plan.files.map(({ name, about }) => `  ${name}${about === null ? '' : `  ${paint('dim', about)}`}`),
      ...oddities(archived, paint),
      countLine(archived),
    ],
    document: { command: 'archive', dryRun, moved, ...plan },
    exitCode: 0,
  }
}

function oddities({ plan, moved, dryRun }: Archived, paint: Paint): string[] {
  const { duplicates, gaps, jumps, unpaired } = plan.manifest
  const stayed = dryRun ? [] : plan.files.map(({ name }) => name).filter((name) => !moved.includes(name))
  const listed = (names: readonly (string | number)[], words: string, colour: 'yellow' | 'dim' = 'yellow') =>
    names.length === 0 ? [] : [paint(colour, `${words}: ${names.join(', ')}`)]
  return [
    ...duplicates.flatMap(({ number, titles }) => listed(titles, `number ${number} is used twice`)),
    ...listed(gaps, 'numbers that no file has'),
    ...jumps.map(({ after, before }) => paint('yellow', `numbers jump from ${after} to ${before}`)),
    ...listed(unpaired, 'without their other half'),
    ...listed(plan.others, 'left where they are', 'dim'),
    ...listed(stayed, 'changed meanwhile, so they stay, run it again'),
  ]
}

function countLine({ plan, moved, dryRun, to }: Archived): string {
  const files = (dryRun ? plan.files : moved).length
  const count = plural(files, 'file')
  return `${count} ${dryRun ? 'would go' : 'moved'} to ${to}; manifest.json there lists ${plan.manifest.files.length}.`
}
