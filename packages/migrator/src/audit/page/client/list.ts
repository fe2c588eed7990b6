/**
 * The list of lines, of which only those near the window are in the document: @tanstack/virtual-core says which. The page itself scrolls,
 * so there is no box inside it to be stuck in. One line at a time can be reached with Tab, and the arrows move that.
 */
import {
  defaultRangeExtractor,
  measureElement,
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  type VirtualizerOptions,
  windowScroll,
} from '@tanstack/virtual-core'
import type { PageFindings } from '../findings.ts'
import { stepFor } from '../keys.ts'
import type { IsOpen, Line } from '../lines.ts'
import { element } from './element.ts'
import { rowOf } from './row.ts'

export interface FindingList {
  show(lines: readonly Line[]): void
}

interface Asked {
  readonly all: PageFindings
  readonly isOpen: IsOpen
  readonly onToggle: (id: string, open: boolean) => void
}

export function findingList({ all, isOpen, onToggle }: Asked): FindingList {
  const grid = element('finder-list')
  const box = element('finder-lines')
  const filters = element('finder-filter')
  const narrow = matchMedia('(max-width: 48rem)')
  const rows = new Map<string, HTMLElement>()
  let lines: readonly Line[] = []
  let active = 0

  const options = (): VirtualizerOptions<Window, HTMLElement> => ({
    count: lines.length,
    getScrollElement: () => window,
    getItemKey: (index) => lines[index]!.id,
    // Lines are measured as soon as they are in the document; this is for the length of the rest.
    estimateSize: (index) => (lines[index]!.kind === 'group' ? 56 : narrow.matches ? 58 : 34),
    rangeExtractor: (range) => withActive(defaultRangeExtractor(range)),
    scrollMargin: Math.round(box.getBoundingClientRect().top + window.scrollY),
    // Above a line that is scrolled to, what sticks to the upper edge of the window needs its room.
    scrollPaddingStart: getComputedStyle(filters).position === 'sticky' ? filters.offsetHeight + 8 : 8,
    scrollPaddingEnd: 8,
    overscan: 12,
    scrollToFn: windowScroll,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    measureElement,
    onChange: render,
  })

  /** The active line stays in the document, wherever the window is: without it the focus would be lost. */
  function withActive(indexes: number[]): number[] {
    if (active >= lines.length || indexes.includes(active)) return indexes
    return [...indexes, active].sort((a, b) => a - b)
  }

  const virtualizer = new Virtualizer<Window, HTMLElement>(options())

  function render(): void {
    const items = virtualizer.getVirtualItems()
    const margin = virtualizer.options.scrollMargin
    box.style.height = `${virtualizer.getTotalSize()}px`
    const kept = new Set(items.map(({ index }) => lines[index]!.id))
    for (const [id, row] of rows) {
      if (kept.has(id)) continue
      row.remove()
      rows.delete(id)
    }
    let before: Element | null = null
    for (const { index, start } of items) {
      const line = lines[index]!
      let row = rows.get(line.id)
      if (row === undefined) {
        row = rowOf(all, line, isOpen(line.id))
        rows.set(line.id, row)
      }
      row.dataset.index = String(index)
      row.setAttribute('aria-rowindex', String(index + 2))
      row.tabIndex = index === active ? 0 : -1
      row.style.transform = `translateY(${start - margin}px)`
      // In the order of the list: that is the order in which they are read aloud.
      const next: Element | null = before === null ? box.firstElementChild : before.nextElementSibling
      if (next !== row) box.insertBefore(row, next)
      before = row
      virtualizer.measureElement(row)
    }
  }

  function update(): void {
    virtualizer.setOptions(options())
    virtualizer._willUpdate()
    render()
  }

  function focusLine(at: number): void {
    active = at
    update()
    virtualizer.scrollToIndex(at, { align: 'auto' })
    rows.get(lines[at]!.id)?.focus({ preventScroll: true })
  }

  const placeOf = (target: EventTarget | null): number | undefined => {
    const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null
    return row === null ? undefined : Number(row.dataset.index)
  }

  grid.addEventListener('keydown', (event) => {
    const at = placeOf(event.target)
    if (at === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    const page = Math.max(1, virtualizer.getVirtualItems().length - 2 * virtualizer.options.overscan - 2)
    const step = stepFor(event.key, { lines, at, isOpen, page })
    if (step === undefined) return
    event.preventDefault()
    if ('open' in step) toggle(at, step.open)
    else focusLine(step.to)
  })

  grid.addEventListener('click', (event) => {
    const at = placeOf(event.target)
    // What was selected with the mouse is meant to be copied.
    if (at === undefined || (event.target as Element).closest('.more') || !getSelection()?.isCollapsed) return
    toggle(at, !isOpen(lines[at]!.id))
  })

  function toggle(at: number, open: boolean): void {
    const { id } = lines[at]!
    active = at
    rows.get(id)?.remove()
    rows.delete(id)
    onToggle(id, open)
    rows.get(id)?.focus({ preventScroll: true })
  }

  function show(shown: readonly Line[]): void {
    const focused = lines[active]?.id
    lines = shown
    const at = lines.findIndex(({ id }) => id === focused)
    active = Math.max(at, 0)
    for (const row of rows.values()) row.remove()
    rows.clear()
    grid.setAttribute('aria-rowcount', String(lines.length + 1))
    update()
  }

  virtualizer._didMount()
  // Whatever changes the length of what stands above the list moves the list.
  new ResizeObserver(update).observe(document.body)
  return { show }
}
