/** What `archive` moved, or would move → its report. Pure. */
import { plural } from '../errors.ts'
import type { Paint, Report } from '../verb.ts'
import type { ArchivePlan } from './archive.ts'
import { rangeText } from './gaps.ts'
import { SCHEMES } from './schemes.ts'

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
      ...naming(plan, paint),
      ...oddities(archived, paint),
      ...stayed(archived, paint),
      countLine(archived),
    ],
    document: { command: 'archive', dryRun, moved, ...plan },
    exitCode: 0,
  }
}

/** By which schemes the files of the archive are named, and that files of several schemes have no common order. */
function naming({ manifest: { schemes } }: ArchivePlan, paint: Paint): string[] {
  const each = schemes.map(({ scheme, files }) => {
    const { example, tools } = SCHEMES[scheme]
    return `named by ${scheme}, as ${example} (${tools}): ${plural(files, 'file')}`
  })
  if (schemes.length < 2) return each
  const mixed =
    'several naming schemes in one folder: in manifest.json one stands after the other, since no name says how they ran'
  return [...each, paint('yellow', mixed)]
}

function oddities({ plan }: Archived, paint: Paint): string[] {
  const { duplicates, gapRanges, jumps, unpaired } = plan.manifest
  const warned = (words: string, names: readonly string[]) =>
    listed(names, (all) => paint('yellow', `${words}: ${all}`))
  return [
    ...duplicates.flatMap(({ number, version, titles }) => {
      const which = number === null ? `version ${version}` : `number ${number}`
      return warned(`${which} is used ${titles.length === 2 ? 'twice' : `${titles.length} times`}`, titles)
    }),
    ...warned('numbers that no file has', gapRanges.map(rangeText)),
    ...jumps.map(({ after, before }) => paint('yellow', `numbers jump from ${after} to ${before}`)),
    ...warned('without their other half', unpaired),
  ]
}

function stayed({ plan, moved, dryRun }: Archived, paint: Paint): string[] {
  const changed = dryRun ? [] : plan.files.map(({ name }) => name).filter((name) => !moved.includes(name))
  const reasons = [...Map.groupBy(plan.left, ({ reason }) => reason)].sort(([a], [b]) =>
    (a ?? '') < (b ?? '') ? -1 : 1,
  )
  return [
    ...reasons.flatMap(([reason, own]) =>
      listed(
        own.map(({ name }) => name),
        (all) => paint('dim', `left where they are${reason === null ? '' : ` (${reason})`}: ${all}`),
      ),
    ),
    ...listed(changed, (all) => paint('yellow', `changed meanwhile, so they stay, run it again: ${all}`)),
  ]
}

/** One line has at most this many names; `--json` and the manifest have all. */
const MOST = 30

function listed(names: readonly string[], line: (all: string) => string): string[] {
  if (names.length === 0) return []
  const rest = names.length > MOST ? ` and ${names.length - MOST} more` : ''
  return [line(names.slice(0, MOST).join(', ') + rest)]
}

function countLine({ plan, moved, dryRun, to }: Archived): string {
  const files = (dryRun ? plan.files : moved).length
  const count = plural(files, 'file')
  return `${count} ${dryRun ? 'would go' : 'moved'} to ${to}; manifest.json there lists ${plan.manifest.files.length}.`
}
