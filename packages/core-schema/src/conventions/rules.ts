/**
 * Rules that TypeScript's types cannot enforce. Each throws while the migration is rendered, before it reaches a database, and its message
 * says what to write instead.
 */
import type { Column } from './column.ts'
import { whatNeedsComment } from './comments.ts'
import type { Definition } from './definition.ts'
import { checkedName } from './names.ts'

const SENTENCE = /^[A-Z][^.]*\.$/

/** Throws at the first rule that is broken. `kindColumns` are those that come with the table's kind. */
export function assertRules(
  table: string,
  about: string,
  definition: Definition<string>,
  kindColumns: readonly string[],
): void {
  checkedName(table)
  const refuse = (what: string): never => {
    throw new Error(`table ${table}: ${what}`)
  }
  if (!SENTENCE.test(about)) refuse(`"${about}" is its comment: write one sentence, with a capital and one full stop`)

  const columns = Object.entries<Column>(definition.columns)
  const known = new Set([...kindColumns, ...columns.map(([name]) => name)])
  for (const [name, column] of columns) {
    checkedName(name)
    if (kindColumns.includes(name)) refuse(`column ${name} comes with the kind: leave it out`)
    const { foreignKey, isNotNull, about: comment } = column.is
    const words = whatNeedsComment(name, column)
    if (words !== undefined && !comment) refuse(`column ${name} holds ${words}: say what with .comment('...')`)
    if (foreignKey?.onDelete === 'set null' && isNotNull) {
      refuse(`column ${name} is both notNull() and set to null on delete: drop one`)
    }
    if (foreignKey !== undefined && !indexBegins(definition, name)) {
      refuse(
        `foreign key column ${name} has no index that begins with it: add ${name}: index('${name}') to indexes ` +
          '(a partial one does not find every row that a delete must)',
      )
    }
  }
  for (const what of Object.keys(definition.checks ?? {})) {
    if (definition.columns[what]?.is.checks.length)
      refuse(`column ${what} has two checks: move the second into .check('...')`)
  }
  const named = [...(definition.unique ?? []), ...Object.values(definition.indexes ?? {}).map((one) => one.columns)]
  for (const name of named.flat()) {
    if (name !== undefined && !known.has(name)) refuse(`unknown column ${name} in an index or unique constraint`)
  }
}

function indexBegins({ columns, unique = [], indexes = {} }: Definition<string>, name: string): boolean {
  const whole = Object.values(indexes).filter(({ is }) => is.condition === undefined && is.method === undefined)
  return (
    columns[name]?.is.isUnique === true ||
    unique.some(([first]) => first === name) ||
    whole.some(({ columns: [first] }) => first === name)
  )
}
