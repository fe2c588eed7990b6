/** What `lock --renumber` changes → text, and its part of the JSON document. Pure. */
import { plural } from '../errors.ts'
import type { Colour, Paint } from '../verb.ts'
import type { Renumbering } from '../workspace/renumber.ts'

/** `renamed   what`: the second column begins at the same place, whatever the word before it. */
export const changeLine = (paint: Paint, colour: Colour, word: string, what: string): string =>
  `${paint(colour, word)}${' '.repeat('appended  '.length - word.length)}${what}`

export function renumberLines({ renamed, followed, restored, repeated, moved }: Renumbering, paint: Paint): string[] {
  const row = (word: string, what: string) => changeLine(paint, 'yellow', word, what)
  const oldIds = [...renamed.map(({ file }) => file.id), ...followed.map(({ was }) => was)]
  return [
    ...renamed.map(({ file, path }) => row('renamed', `${file.path} to ${path}`)),
    ...followed.map(({ was, is }) => row('followed', `the line of ${was} is now that of ${is}, as its file is`)),
    ...restored.map((id) => row('restored', `the line of ${id}, as the main branch has it`)),
    ...repeated.map((id) => row('removed', `the second line of ${id}`)),
    ...(moved > 0 ? [row('moved', `${plural(moved, 'new line')} to the end`)] : []),
    ...(oldIds.length > 0 ? [paint('dim', elsewhere(oldIds))] : []),
  ]
}

/** Code and documents may name a migration too; `--renumber` does not change them. */
const elsewhere = (oldIds: readonly string[]): string =>
  `Whatever else names a migration by its old id is left as it is: git grep -nE '${oldIds.join('|')}'`

export const renumberDocument = ({ renamed, followed, restored, repeated, moved }: Renumbering) => ({
  renamed: renamed.map(({ file, id }) => ({ from: file.id, to: id })),
  followed,
  restored,
  repeated,
  moved,
})
