/** One line of the list as an element: a group, or a finding that says more when it is open. */
import { findingAt, type PageFindings } from '../findings.ts'
import type { Line } from '../lines.ts'
import { countsText, STAKE_WORDS } from '../words.ts'
import { make } from './element.ts'

/** As many as findings-section.ts gives heads to. */
const COLUMNS = 5

export function rowOf(all: PageFindings, line: Line, isOpen: boolean): HTMLElement {
  const row = make('div', {
    role: 'row',
    class: `line ${line.kind} level-${line.level}`,
    'aria-level': line.level,
    'aria-posinset': line.position,
    'aria-setsize': line.siblings,
    'aria-expanded': isOpen,
  })
  row.append(...(line.kind === 'group' ? groupCells(line, isOpen) : findingCells(all, line.index, isOpen)))
  return row
}

function groupCells({ group }: Extract<Line, { kind: 'group' }>, isOpen: boolean): HTMLElement[] {
  const { kind, title, rule, stake, errors } = group
  const named = kind === 'rule' || kind === 'table' ? make('code', {}, title) : title
  const cell = make(
    'div',
    { role: 'gridcell', 'aria-colindex': 1, 'aria-colspan': COLUMNS },
    make(
      'span',
      { class: 'name' },
      named,
      ' ',
      ...(rule ? [make('span', { class: 'stake' }, STAKE_WORDS[stake])] : []),
    ),
    ' ',
    make('span', { class: `counts ${errors > 0 ? 'error' : 'warning'}` }, countsText(group)),
  )
  if (rule?.summary)
    cell.append(' ', make('span', { class: 'about' }, rule.summary, ...(isOpen ? [' ', rule.consequence] : [])))
  return [cell]
}

function findingCells(all: PageFindings, index: number, isOpen: boolean): HTMLElement[] {
  const { rule, severity, known, confidence, stake, place, domain, found, expected, remedy } = findingAt(all, index)
  const sign = severity === 'error' ? '✖' : '▲'
  const cell = (at: number, name: string, ...inner: (Node | string)[]) =>
    make('div', { role: 'gridcell', 'aria-colindex': at, class: name }, ...inner)
  const cells = [
    cell(
      1,
      `severity ${severity}`,
      make('span', { 'aria-hidden': true }, sign),
      ` ${severity}`,
      ...(known ? [' ', make('span', { class: 'tag' }, 'known')] : []),
    ),
    cell(2, 'place', make('code', {}, place)),
    cell(3, 'domain', domain),
    cell(4, 'found', ...(confidence === 'low' ? [make('span', { class: 'tag' }, 'low confidence'), ' '] : []), found),
    cell(5, 'expected', expected),
  ]
  if (!isOpen) return cells
  const more = (term: string, words: Node | string) => [make('dt', {}, term), make('dd', {}, words)]
  cells.push(
    make(
      'div',
      { role: 'gridcell', 'aria-colindex': 1, 'aria-colspan': COLUMNS, class: 'more' },
      make(
        'dl',
        {},
        ...more('Remedy', make('span', { class: 'remedy' }, remedy)),
        ...more('Rule', make('code', {}, rule.name)),
        ...more('What it can cost', STAKE_WORDS[stake]),
        ...more('Confidence', confidence),
      ),
    ),
  )
  return cells
}
