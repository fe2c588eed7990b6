/** A `tables.generated.ts` as data: each table's columns with the words of their types. */
import ts from 'typescript'

export interface TypedColumn {
  readonly name: string
  /** `Int8` of `Generated<Int8 | null>`. */
  readonly type: string
  readonly generated: boolean
  readonly nullable: boolean
  /** Where the type is a closed list. */
  readonly list: readonly unknown[] | undefined
}

export function typedColumns(text: string): [table: string, columns: TypedColumn[]][] {
  const file = ts.createSourceFile('tables.generated.ts', text, ts.ScriptTarget.Latest, true)
  const interfaces = file.statements.filter(ts.isInterfaceDeclaration)
  const lists = listsOf(text)
  return interfaces
    .at(-1)!
    .members.filter(ts.isPropertySignature)
    .map((table) => {
      const own = interfaces.find(({ name }) => name.text === table.type!.getText())!
      const columns = own.members.filter(ts.isPropertySignature).map((column): TypedColumn => {
        const written = column.type!.getText()
        const inner = /^Generated<(.*)>$/.exec(written)?.[1] ?? written
        const type = inner.replace(/ \| null$/, '')
        return {
          name: column.name.getText(),
          type,
          generated: inner !== written,
          nullable: inner !== type,
          list: lists.get(type),
        }
      })
      return [table.name.getText(), columns]
    })
}

function listsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const list = /export const (\w+) = \[([^\]]*)\] as const\nexport type (\w+) = \(typeof \1\)\[number\]/g
  return new Map(
    [...text.matchAll(list)].map(([, , literals, type]) => [
      type as string,
      [...literals!.matchAll(/'([^']*)'/g)].map(([, value]) => value as string),
    ]),
  )
}
