/** A `tables.generated.ts` as data: each table's columns with the words of their types. */
import ts from 'typescript'

export interface TypedColumn {
  readonly name: string
  /** `Int8` of `Generated<Int8 | null>`. */
  readonly type: string
  /** By a default or by PostgreSQL alone: it may be left out of an insert. */
  readonly generated: boolean
  readonly nullable: boolean
  /** Where the type is a closed list. */
  readonly list: readonly (string | number)[] | undefined
}

export function typedColumns(text: string): [table: string, columns: TypedColumn[]][] {
  const file = ts.createSourceFile('tables.generated.ts', text, ts.ScriptTarget.Latest, true)
  const interfaces = file.statements.filter(ts.isInterfaceDeclaration)
  const lists = listsOf(file)
  return interfaces
    .at(-1)!
    .members.filter(ts.isPropertySignature)
    .map((table) => {
      const own = interfaces.find(({ name }) => name.text === table.type!.getText())!
      const columns = own.members.filter(ts.isPropertySignature).map((column): TypedColumn => {
        const written = column.type!.getText()
        const inner = /^Generated(?:Always)?<(.*)>$/.exec(written)?.[1] ?? written
        const type = inner.replace(/ \| null$/, '')
        return {
          name: nameOf(column),
          type,
          generated: inner !== written,
          nullable: inner !== type,
          list: lists.get(type),
        }
      })
      return [nameOf(table), columns]
    })
}

/** Without the quotes that a name has which is no identifier. */
const nameOf = ({ name }: ts.PropertySignature): string => (ts.isStringLiteral(name) ? name.text : name.getText())

/** `export const TRACK_STATUS_VALUES = [...] as const` and the type that is made of it in the next statement. */
function listsOf({ statements }: ts.SourceFile): ReadonlyMap<string, readonly (string | number)[]> {
  const arrays = new Map<string, readonly (string | number)[]>()
  const lists = new Map<string, readonly (string | number)[]>()
  for (const statement of statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        const array = initializer && ts.isAsExpression(initializer) ? initializer.expression : initializer
        if (array && ts.isArrayLiteralExpression(array)) arrays.set(name.getText(), array.elements.map(literal))
      }
    } else if (ts.isTypeAliasDeclaration(statement)) {
      const array = /^\(typeof (\w+)\)\[number\]$/.exec(statement.type.getText())?.[1]
      if (array !== undefined) lists.set(statement.name.text, arrays.get(array)!)
    }
  }
  return lists
}

const literal = (element: ts.Expression): string | number =>
  ts.isStringLiteral(element) ? element.text : Number(element.getText())
