/** A comparison → the sections that text, Markdown and HTML are made from. Pure. */
import { targetText } from '../../database/target.ts'
import { plural } from '../../errors.ts'
import type { Block, Section, Words } from '../sections/blocks.ts'
import { figure, namesWords } from '../sections/words.ts'
import type { Compared, ComparedDifference } from './compared.ts'
import { isUnplanned, whereIs } from './difference.ts'
import { excerpts } from './excerpt.ts'
import type { SideNames } from './names.ts'

export function comparedSections(compared: Compared): Section[] {
  const { names, sizes } = compared
  const news = compared.differences.filter(({ known }) => !known)
  const of = (...kinds: readonly string[]) => news.filter(({ kind }) => kinds.includes(kind))
  const [notRead, migrations, server] = [of('not read'), of('migration', 'order of migrations'), of('server')]
  const apart = new Set([...notRead, ...migrations, ...server])
  const objects = news.filter((one) => !apart.has(one))
  const unplanned = objects.filter(isUnplanned)
  const planned = objects.filter((one) => !isUnplanned(one))
  const all: readonly Section[] = [
    { id: 'summary', title: 'Summary', blocks: summary(compared, unplanned.length, planned.length) },
    { id: 'not-read', title: 'Could not be looked at', blocks: differences(notRead, names) },
    { id: 'servers', title: 'Servers', blocks: differences(server, names) },
    { id: 'migrations', title: 'Migrations', blocks: differences(migrations, names) },
    { id: 'unplanned', title: 'What no migration explains', blocks: differences(unplanned, names) },
    { id: 'planned', title: 'What migrations make that only one of the two has', blocks: planText(planned, names) },
    { id: 'sizes', title: 'Tables that are much larger in one', blocks: sizeTable(sizes, names) },
  ]
  return all.filter(({ blocks }) => blocks.length > 0)
}

function summary(compared: Compared, unplanned: number, planned: number): Block[] {
  const { a, b, names, differences: all, notes, gone } = compared
  const known = all.filter((one) => one.known).length
  const side = (name: string, { target, serverVersion, history }: Compared['a']): Words => [
    { strong: name },
    ` is ${targetText(target)}, PostgreSQL ${serverVersion}, ${plural(history?.length ?? 0, 'migration')} applied.`,
  ]
  const more = [
    ...(known === 0 ? [] : [`${plural(known, 'difference')} known from the baseline and not listed below.`]),
    ...(gone === 0 ? [] : [`${gone} of the baseline no longer found: write it again with --write-baseline.`]),
  ]
  return [
    { kind: 'list', items: [side(names.a, a), side(names.b, b), ...[...notes, ...more].map((note): Words => [note])] },
    { kind: 'paragraph', words: verdict(compared, unplanned, planned) },
    ...counts(compared),
  ]
}

function verdict({ differences: all, names }: Compared, unplanned: number, planned: number): Words {
  const both = `${names.a} and ${names.b}`
  if (all.length === 0) return [{ strong: `${both} are equal` }, ' in everything that is compared.']
  const migrations = all.filter(({ kind }) => kind === 'migration').length
  const told = [
    [unplanned, 'that no migration explains'] as const,
    [planned, 'made by migrations that only one of the two has'] as const,
  ].flatMap(([count, which]) => (count === 0 ? [] : [`${plural(count, 'difference')} ${which}`]))
  if (migrations > 0) told.push(`${plural(migrations, 'migration')} that the two do not have alike`)
  const unread = all.some(({ kind }) => kind === 'not read')
    ? ' Something could not be looked at and may differ too.'
    : ''
  return [{ strong: `${both} differ` }, `${told.length === 0 ? '' : `: ${told.join(', ')}`}.${unread}`]
}

function counts({ differences: all, names }: Compared): Block[] {
  if (all.length === 0) return []
  const rows = [...Map.groupBy(all, ({ kind }) => kind)].map(([kind, own]): Words[] => {
    const count = (where: string) => `${own.filter((one) => whereIs(one) === where).length}`
    return [[kind], [count('a')], [count('b')], [count('both')]]
  })
  return [
    { kind: 'table', head: ['What', `Only in ${names.a}`, `Only in ${names.b}`, 'Differs'], rows, right: [1, 2, 3] },
  ]
}

/** One table of the report for each kind of thing that is told in one way; none if there is nothing. */
function differences(own: readonly ComparedDifference[], names: SideNames): Block[] {
  if (own.length === 0) return []
  const rows = own.map((one): Words[] => {
    const { a, b } = excerpts(one)
    return [[whereText(one, names)], whatWords(one), textCell(a), textCell(b)]
  })
  return [{ kind: 'table', head: ['Where', 'What', names.a, names.b], rows }]
}

/** An owner or a right of several objects says how many, and names some. */
function whatWords({ what, objects }: ComparedDifference): Words {
  if (objects === undefined) return [{ code: what }]
  return [{ code: what }, ` (${objects.length}): `, ...namesWords(objects)]
}

const whereText = (one: ComparedDifference, names: SideNames): string => {
  const where = whereIs(one)
  return where === 'both' ? 'differs' : `only in ${names[where]}`
}

const textCell = (text: string | null): Words => (text === null ? ['-'] : text === '' ? ['present'] : [{ code: text }])

function planText(planned: readonly ComparedDifference[], names: SideNames): Block[] {
  return [...Map.groupBy(planned, ({ madeBy }) => madeBy.join(', '))].flatMap(([ids, own]): Block[] => [
    {
      kind: 'paragraph',
      words: [own[0]!.madeBy.length === 1 ? 'Made by ' : 'Made by one or more of ', { code: ids }, ':'],
    },
    ...differences(own, names),
  ])
}

function sizeTable(sizes: Compared['sizes'], names: SideNames): Block[] {
  if (sizes.length === 0) return []
  return [
    {
      kind: 'paragraph',
      words: [
        "By the servers' estimates. A change that takes no time in the smaller one may lock the larger one for long.",
      ],
    },
    {
      kind: 'table',
      head: ['Table', names.a, names.b],
      rows: sizes.map(({ table, a, b }) => [[{ code: table }], [figure(a)], [figure(b)]]),
      right: [1, 2],
    },
  ]
}
