/** Groups → the lines of the list, one below the other: only what is inside an open group is there. Pure; the page's script calls it. */
import type { Group } from './groups.ts'

interface Placed {
  /** The same for the same thing in every list. */
  readonly id: string
  /** 1 = outermost. */
  readonly level: number
  /** From 1, among those that stand in the same group. */
  readonly position: number
  /** How many stand in the same group. */
  readonly siblings: number
}

export type Line =
  | (Placed & { readonly kind: 'group'; readonly group: Group })
  | (Placed & { readonly kind: 'finding'; readonly index: number })

export type IsOpen = (id: string) => boolean

export function linesOf(groups: readonly Group[], isOpen: IsOpen): Line[] {
  const lines: Line[] = []
  const add = (inner: readonly Group[], findings: readonly number[], level: number): void => {
    const siblings = inner.length + findings.length
    let position = 0
    for (const group of inner) {
      lines.push({ kind: 'group', id: group.id, group, level, position: ++position, siblings })
      if (isOpen(group.id)) add(group.groups, group.findings, level + 1)
    }
    for (const index of findings)
      lines.push({ kind: 'finding', id: findingId(index), index, level, position: ++position, siblings })
  }
  add(groups, [], 1)
  return lines
}

export const findingId = (index: number): string => `finding:${index}`

/** Place of the line of the group that the line at `at` stands in; -1 where it stands in none, which is so at level 1. */
export function parentOf(lines: readonly Line[], at: number): number {
  const { level } = lines[at]!
  let place = at - 1
  while (place >= 0 && lines[place]!.level >= level) place--
  return place
}
