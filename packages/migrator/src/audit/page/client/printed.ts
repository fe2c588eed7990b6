/** The list on paper: every group with its findings in full, up to a number that a reader would still leaf through. */
import { findingAt, type PageFindings } from '../findings.ts'
import type { Group } from '../groups.ts'
import { countOf } from '../groups.ts'
import { printShares } from '../print-shares.ts'
import { countsText, numberText, STAKE_WORDS } from '../words.ts'
import { make } from './element.ts'

/** About 30 pages of A4. */
const MOST_PRINTED = 1000

const HEADS = ['Severity', 'Where', 'Found', 'Expected', 'Remedy']

export function printed(all: PageFindings, groups: readonly Group[], shown: number): HTMLElement[] {
  const shares = printShares(groups.map(countOf), MOST_PRINTED)
  const filtered = make(
    'p',
    {},
    shown === all.count
      ? `All ${numberText(all.count)} findings.`
      : `${numberText(shown)} of ${numberText(all.count)} findings: those that fit the filters that were set when this was printed.`,
  )
  return [filtered, ...groups.flatMap((group, at) => printedGroup(all, group, shares[at]!))]
}

function printedGroup(all: PageFindings, group: Group, share: number): HTMLElement[] {
  const { title, rule, stake } = group
  const left = countOf(group) - share
  return [
    make('h3', {}, `${title}: ${countsText(group)}`),
    ...(rule
      ? [make('p', { class: 'about' }, `${rule.summary} ${rule.consequence} Stake: ${STAKE_WORDS[stake]}.`)]
      : []),
    make(
      'table',
      {},
      make('thead', {}, make('tr', {}, ...HEADS.map((words) => make('th', { scope: 'col' }, words)))),
      make(
        'tbody',
        {},
        ...indexesOf(group)
          .slice(0, share)
          .map((index) => printedRow(all, index)),
      ),
    ),
    ...(left === 0
      ? []
      : [
          make(
            'p',
            { class: 'left' },
            `… and ${numberText(left)} more of ${title}: this page on a screen, --format json and --format markdown have all.`,
          ),
        ]),
  ]
}

function indexesOf({ groups, findings }: Group): number[] {
  return [...groups.flatMap(indexesOf), ...findings]
}

function printedRow(all: PageFindings, index: number): HTMLElement {
  const { severity, known, place, found, expected, remedy } = findingAt(all, index)
  const cells = [known ? `${severity}, known` : severity, make('code', {}, place), found, expected, remedy]
  return make('tr', {}, ...cells.map((words) => make('td', {}, words)))
}
