/** Which numbers no migration has. Pure. */
import type { LegacyFile } from './files.ts'
import { FIRST_DATE, type Scheme } from './schemes.ts'

/** Numbers that are missing between two migrations of one scheme, both ends among them: 3 to 998. */
export interface GapRange {
  readonly scheme: Scheme
  readonly from: number
  readonly to: number
}

export interface Gaps {
  /** Each number of `gapRanges`. */
  readonly gaps: readonly number[]
  /** Gaps of at most 1000 numbers. */
  readonly gapRanges: readonly GapRange[]
  /** Longer gaps, which somebody left on purpose: the migrations' numbers before and after each. */
  readonly jumps: readonly { readonly after: number; readonly before: number }[]
}

const LONGEST_GAP = 1000

/** `files` in their order. Between two timestamps, and between versions such as 1.2 and 1.4, nothing is missing. */
export function gapsIn(files: readonly LegacyFile[]): Gaps {
  const steps = [...Map.groupBy(files, ({ scheme }) => scheme)].flatMap(([scheme, own]) =>
    countedNumbers(own)
      .map((before, index, numbers) => ({ scheme, after: numbers[index - 1] ?? before, before }))
      .filter(({ after, before }) => before - after > 1),
  )
  const isLong = ({ after, before }: { after: number; before: number }) => before - after > LONGEST_GAP
  const gapRanges = steps
    .filter((step) => !isLong(step))
    .map(({ scheme, after, before }) => ({ scheme, from: after + 1, to: before - 1 }))
  return {
    gaps: gapRanges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index)),
    gapRanges,
    jumps: steps.filter(isLong).map(({ after, before }) => ({ after, before })),
  }
}

/** None if one of the versions has several parts: nobody knows what comes after 1.2. */
function countedNumbers(files: readonly LegacyFile[]): number[] {
  const versioned = files.filter(({ version }) => version !== null)
  if (versioned.some(({ version }) => /[._]/.test(version!))) return []
  const numbers = versioned.flatMap(({ number }) => (number === null || number >= FIRST_DATE ? [] : [number]))
  return [...new Set(numbers)]
}

/** `3 to 998`, `5`. */
export const rangeText = ({ from, to }: GapRange): string => (from === to ? `${from}` : `${from} to ${to}`)
