/** What changes in the page while it is printed: the list is there in print, and what is folded is unfolded, up to a number of rows. */
import { element } from './element.ts'

/** About 25 pages of A4. What is left over stays folded, and its line says how much it is. */
const MOST_UNFOLDED = 1500

export function preparePrint(printed: () => readonly HTMLElement[]): void {
  let unfolded: HTMLDetailsElement[] = []
  addEventListener('beforeprint', () => {
    element('finder-printed').replaceChildren(...printed())
    let left = MOST_UNFOLDED
    for (const details of document.querySelectorAll<HTMLDetailsElement>('details:not([open])')) {
      const rows = Number(details.dataset.rows)
      if (rows > left) continue
      left -= rows
      details.open = true
      unfolded.push(details)
    }
  })
  addEventListener('afterprint', () => {
    element('finder-printed').replaceChildren()
    for (const details of unfolded) details.open = false
    unfolded = []
  })
}
