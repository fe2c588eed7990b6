/**
 * What a key does in the list, as the ARIA Authoring Practices describe a treegrid whose rows have the focus. Pure; the page's script
 * calls it.
 */
import { type IsOpen, type Line, parentOf } from './lines.ts'

export type Step = { readonly to: number } | { readonly open: boolean }

export interface Standing {
  readonly lines: readonly Line[]
  /** Place of the line that has the focus. */
  readonly at: number
  readonly isOpen: IsOpen
  /** Number of lines that fit the window. */
  readonly page: number
}

/** Undefined = the key means nothing here. A step to the line that has the focus is one that goes no further. */
export function stepFor(key: string, { lines, at, isOpen, page }: Standing): Step | undefined {
  const { id } = lines[at]!
  const last = lines.length - 1
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(at + 1, last) }
    case 'ArrowUp':
      return { to: Math.max(at - 1, 0) }
    case 'PageDown':
      return { to: Math.min(at + page, last) }
    case 'PageUp':
      return { to: Math.max(at - page, 0) }
    case 'Home':
      return { to: 0 }
    case 'End':
      return { to: last }
    case 'Enter':
    case ' ':
      return { open: !isOpen(id) }
    case 'ArrowRight':
      if (!isOpen(id)) return { open: true }
      return { to: lines[at]!.kind === 'group' ? Math.min(at + 1, last) : at }
    case 'ArrowLeft':
      if (isOpen(id)) return { open: false }
      return { to: lines[at]!.level === 1 ? at : parentOf(lines, at) }
    default:
      return undefined
  }
}
