/** The form above the list: what is typed and chosen in it. */
import type { Filter } from '../filter.ts'
import type { Grouping } from '../groups.ts'
import { element } from './element.ts'

export interface FilterForm {
  /** Shows the findings of this rule and no others. */
  setRule(rule: string): void
  read(): { readonly filter: Filter; readonly grouping: Grouping }
}

/** Long enough that a search does not run for every letter of a word that is typed at once. */
const TYPING_MS = 120

export function filterForm({ onChange }: { readonly onChange: () => void }): FilterForm {
  const form = element('finder-filter') as HTMLFormElement
  const words = form.elements.namedItem('words') as HTMLInputElement
  let waiting = 0
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('input', ({ target }) => {
    clearTimeout(waiting)
    waiting = window.setTimeout(onChange, target === words ? TYPING_MS : 0)
  })
  words.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || words.value === '') return
    event.preventDefault()
    words.value = ''
    clearTimeout(waiting)
    onChange()
  })
  element('finder-clear').addEventListener('click', () => {
    form.reset()
    onChange()
  })
  return {
    setRule(rule) {
      form.reset()
      const select = form.elements.namedItem('rule') as HTMLSelectElement
      select.value = rule
      onChange()
    },
    read() {
      const data = new FormData(form)
      // The page offers no other values.
      const value = <T extends string>(name: keyof Filter | 'grouping'): T => String(data.get(name) ?? '') as T
      return {
        grouping: value('grouping'),
        filter: {
          words: value('words'),
          rule: value('rule'),
          domain: value('domain'),
          severity: value('severity'),
          stake: value('stake'),
          confidence: value('confidence'),
          status: value('status'),
        },
      }
    },
  }
}
