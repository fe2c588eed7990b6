/**
 * The statements of a plan, cut into parts of a bundle's file, and read again one part at a time. The parts of a large plan are compressed:
 * ten thousand migrations are 20 MB of SQL that repeats itself.
 */
import type { Part } from './assemble.ts'
import type { KeptTexts } from './plan-data.ts'

/** Characters of statements in one part, about. */
const PART_LENGTH = 64_000
/** A plan with fewer characters than this is not compressed: decompressing would take longer than reading. */
const LARGE = 1_000_000

export interface TextParts {
  readonly parts: readonly Part[]
  /** For each part, the place in the plan of its first migration. */
  readonly starts: readonly number[]
}

const textPart = (number: number): string => `sql-${number}.json`

export function textParts(texts: readonly KeptTexts[]): TextParts {
  const lengths = texts.map((one) => JSON.stringify(one).length)
  const isLarge = lengths.reduce((sum, length) => sum + length, 0) > LARGE
  const starts: number[] = []
  let room = 0
  for (const [index, length] of lengths.entries()) {
    if (length > room || starts.length === 0) {
      starts.push(index)
      room = PART_LENGTH
    }
    room -= length
  }
  const parts = starts.map((start, number): Part => {
    const part = texts.slice(start, starts[number + 1])
    return { name: textPart(number), value: part, isCompressed: isLarge }
  })
  return { parts, starts }
}

/** The texts by their place in the plan. The part that was read last is kept, since a run goes through the plan in its order. */
export function textReader(starts: readonly number[], read: (part: string) => unknown): (index: number) => KeptTexts {
  let last = { number: -1, texts: [] as readonly KeptTexts[] }
  return (index) => {
    const number = starts.findLastIndex((start) => start <= index)
    if (number !== last.number) last = { number, texts: read(textPart(number)) as readonly KeptTexts[] }
    return last.texts[index - (starts[number] as number)] as KeptTexts
  }
}
