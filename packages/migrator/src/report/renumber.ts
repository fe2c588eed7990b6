/** What `lock --renumber` changes → text, and its part of the JSON document. Pure. */
import type { Colour, Paint } from '../verb.ts'
import type { Renumbering } from '../workspace/renumber.ts'

/** `renamed   what`: what was changed stands in one column, whatever the word before it. */
export const changeLine = (paint: Paint, colour: Colour, word: string, what: string): string =>
  `${paint(colour, word)}${' '.repeat('appended  '.length - word.length)}${what}`

export const renumberLines = ({ renamed, moved }: Renumbering, paint: Paint): string[] => [
  ...renamed.map(({ file, path }) => changeLine(paint, 'yellow', 'renamed', `${file.path} to ${path}`)),
  ...(moved > 0
    ? [changeLine(paint, 'yellow', 'moved', `${moved} new ${moved === 1 ? 'line' : 'lines'} to the end`)]
    : []),
]

export const renumberDocument = ({ renamed, moved }: Renumbering) => ({
  renamed: renamed.map(({ file, id }) => ({ from: file.id, to: id })),
  moved,
})
