/** Which columns of a table only have another name. Pure. */
import { columnText } from './descriptions.ts'
import { nameOf } from './difference.ts'
import { normalised } from './normalised.ts'
import type { Column, Table } from './types.ts'

/** A name of `found` → the name in `expected`. */
export function renamedColumns(found: Table, expected: Table): Map<string, string> {
  const here = new Map(found.columns.map((one) => [one.name, one]))
  const there = new Map(expected.columns.map((one) => [one.name, one]))
  const common = found.columns.filter(({ name }) => there.has(name))
  // As long as the columns that both have agree in their numbers, the tables were made by the same statements, and a number says which column
  // it is. A dump that was restored counts anew.
  const isNumbered =
    common.length > 0 && common.every(({ name, number }) => number !== undefined && number === there.get(name)?.number)
  const added = found.columns.filter(({ name }) => !there.has(name))
  const missing = expected.columns.filter(({ name }) => !here.has(name))
  const before = ({ position }: Column, columns: readonly Column[], isCommon: (name: string) => boolean) =>
    columns.filter((one) => one.position < position && isCommon(one.name)).length
  const isSame = (one: Column, old: Column): boolean => {
    if (normalised(columnText(one)) !== normalised(columnText(old))) return false
    if (isNumbered) return one.number === old.number
    const place = before(old, expected.columns, (name) => here.has(name))
    if (place !== before(one, found.columns, (name) => there.has(name))) return false
    // A column that was dropped and one that was added stand at the end too, but the added one does not have the old one's comment.
    return place < common.length || (old.comment !== null && one.comment === old.comment)
  }
  const pairs = added.flatMap((one) => missing.filter((old) => isSame(one, old)).map((old) => [one, old] as const))
  const isOnly = ([one, old]: readonly [Column, Column]) =>
    pairs.filter((pair) => pair[0] === one || pair[1] === old).length === 1
  return new Map(pairs.filter(isOnly).map(([one, old]) => [nameOf(one), nameOf(old)]))
}
