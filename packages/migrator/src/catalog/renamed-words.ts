/** Whether two texts say the same once the names of renamed objects in them are the old ones again. Pure. */
import { meaningfulTokens, tokens } from '../sql/lexer.ts'
import { quoted } from '../sql/names.ts'
import { type Same, same } from './difference.ts'
import { normalised } from './normalised.ts'

/** New names → old names. */
export interface Words {
  readonly everywhere: Map<string, string>
  /** Columns, by the table that has them. */
  readonly ofTable: Map<string, ReadonlyMap<string, string>>
}

/**
 * A column's name alone does not say whose column it is: in a text of a table the table's own columns are tried first, then those of all
 * tables, since a view may have columns of each. A foreign key says whose columns it means.
 */
export function referringTo({ everywhere, ofTable }: Words, table: string | null): Same {
  if (everywhere.size === 0 && ofTable.size === 0) return same
  const own = new Map([...everywhere, ...((table !== null && ofTable.get(table)) || [])])
  const all = new Map([...everywhere, ...[...ofTable.values()].flatMap((columns) => [...columns])])
  const foreignKey = (text: string): string => {
    const at = text.indexOf(REFERENCES)
    const [, target] = meaningfulTokens(text.slice(at))
    const columns = ofTable.get(everywhere.get(target?.text ?? '') ?? target?.text ?? '') ?? []
    return withOld(text.slice(0, at), own) + withOld(text.slice(at), new Map([...everywhere, ...columns]))
  }
  return (found, expected) =>
    same(found, expected) ||
    [withOld(found, own), withOld(found, all)].some((text) => plain(text) === plain(expected)) ||
    (found.includes(REFERENCES) && same(foreignKey(found), expected))
}

const REFERENCES = ' REFERENCES '

function withOld(text: string, old: ReadonlyMap<string, string>): string {
  const written = new Map([...old].map(([to, from]) => [quoted(to), quoted(from)]))
  return tokens(text)
    .map(({ text: word }) => written.get(word) ?? word)
    .join('')
}

/** In a view, a column or table that was renamed has its old name as an alias: `biography AS bio`, `people users`. */
const plain = (text: string): string => normalised(text).replace(/("[^"]+"|\b\w+) (?:AS )?\1(?!\w)/g, '$1')
