/**
 * The script of the audit's HTML page: fills the list of all findings from the data in the page, as its reader filters, groups and opens.
 * tools/audit-page/build.ts makes one text of it, which every page holds.
 */
import { matching, searchTexts } from '../filter.ts'
import type { PageFindings } from '../findings.ts'
import { type Group, grouped } from '../groups.ts'
import { linesOf } from '../lines.ts'
import { numberText } from '../words.ts'
import { element } from './element.ts'
import { filterForm } from './filter-form.ts'
import { findingList } from './list.ts'
import { preparePrint } from './prepare-print.ts'
import { printed } from './printed.ts'

/** Up to so many findings are shown with all groups open. */
const MOST_OPEN = 200

const all: PageFindings = JSON.parse(element('finder-data').textContent)
const textOf = searchTexts(all)
const form = filterForm({ onChange: search })
const list = findingList({ all, isOpen, onToggle: toggle })

/** What the reader opened and closed. */
const chosen = new Map<string, boolean>()
let found: readonly number[] = []
let groups: readonly Group[] = []

function isOpen(id: string): boolean {
  return chosen.get(id) ?? (found.length <= MOST_OPEN && !id.startsWith('finding:'))
}

function search(): void {
  // A group that was closed may hold what is looked for now.
  for (const [id, open] of chosen) if (!open) chosen.delete(id)
  const { filter, grouping } = form.read()
  found = matching(all, textOf, filter)
  groups = grouped(all, found, grouping)
  element('finder-shown').textContent =
    found.length === 0
      ? `None of ${numberText(all.count)} findings fits these filters.`
      : `${numberText(found.length)} of ${numberText(all.count)} findings shown, in ${numberText(groups.length)} ${groups.length === 1 ? 'group' : 'groups'}`
  show()
}

function show(): void {
  list.show(linesOf(groups, isOpen))
}

/** The first line is the rule's group, which is opened: whoever follows a link to it wants the findings. */
function showRule(rule: string): void {
  form.setRule(rule)
  for (const { id } of groups) chosen.set(id, true)
  show()
}

function toggle(id: string, open: boolean): void {
  chosen.set(id, open)
  show()
}

function setAll(open: boolean): void {
  chosen.clear()
  const set = (some: readonly Group[]): void => {
    for (const { id, groups: inner } of some) {
      chosen.set(id, open)
      set(inner)
    }
  }
  set(groups)
  show()
}

element('finder-open').addEventListener('click', () => setAll(true))
element('finder-close').addEventListener('click', () => setAll(false))
for (const link of document.querySelectorAll<HTMLElement>('a[data-rule]'))
  link.addEventListener('click', () => showRule(link.dataset.rule!))
preparePrint(() => printed(all, groups, found.length))

element('finder').hidden = false
element('finder-without').hidden = true
search()
