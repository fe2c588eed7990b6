/**
 * The only file that imports kysely-codegen, so it shows all of its work that is used here: kysely-codegen reads which columns a database
 * has, decides the type of each, and writes types and keys as TypeScript. Which work is left to it, and why:
 * docs/decisions/0008-kysely-codegen.md.
 */
import type { ExpressionNode, TableMetadata } from 'kysely-codegen'
import { locatePackage } from '../optional-package.ts'
// kysely-codegen requires TypeScript without declaring it, and hides the error if the installed TypeScript has no parser.
import './typescript.ts'

locatePackage('kysely-codegen')
const codegen = await import('kysely-codegen')

export type { ColumnMetadata, DatabaseMetadata, TableMetadata } from 'kysely-codegen'

const dialect = new codegen.PostgresDialect()
const serializer = new codegen.TypeScriptSerializer()

/** Reads the columns of every table and view. */
export const { introspector } = dialect

/** Types that kysely-codegen would define in each file that uses them: `Generated`, `Timestamp`, `Json` and so on. */
export const CODEGEN_TYPES: readonly string[] = [
  ...Object.keys(codegen.GLOBAL_DEFINITIONS),
  ...Object.keys(dialect.adapter.definitions),
]

/** A property's name, in quotes where it needs them. */
export const keyText = (name: string): string => serializer.serializeKey(name)

/** The singular of a noun; `analytics` stays as it is. */
export const singular = new codegen.TypeScriptSerializer({ singularize: { '/(analytics)$/i': '$1' } }).singularize as (
  word: string,
) => string

/** What kysely-codegen cannot know of a table's columns. */
export interface ColumnNotes {
  /** Column → the name of the type of its closed list. */
  readonly lists: ReadonlyMap<string, string>
  /** Columns that only PostgreSQL writes; kysely-codegen treats them like columns with a default. */
  readonly alwaysGenerated: ReadonlySet<string>
}

/** Column → its type as TypeScript writes it. */
export function columnTypes(
  table: TableMetadata,
  { lists, alwaysGenerated }: ColumnNotes,
): ReadonlyMap<string, string> {
  const overrides: Record<string, string> = {}
  for (const { name, isNullable, hasDefaultValue } of table.columns) {
    const list = lists.get(name)
    if (list === undefined) continue
    // An override replaces the whole type, so it repeats Generated<> and null.
    const values = isNullable ? `${list} | null` : list
    overrides[`${table.name}.${name}`] = hasDefaultValue ? `Generated<${values}>` : values
  }
  const metadata = new codegen.DatabaseMetadata({ tables: [table] })
  const nodes = codegen.transform({ dialect, metadata, overrides: { columns: overrides } })
  // The table's own interface comes first; the interface that lists the tables comes last.
  const [own] = nodes.flatMap((node) =>
    node.type === 'ExportStatement' && node.argument.type === 'InterfaceDeclaration' ? [node.argument] : [],
  )
  const properties = own?.body.properties ?? []
  return new Map(
    properties.map(({ key, value }) => [
      key,
      serializer.serializeExpression(alwaysGenerated.has(key) ? notWritable(value) : value),
    ]),
  )
}

const notWritable = (node: ExpressionNode): ExpressionNode =>
  node.type === 'GenericExpression' && node.name === 'Generated' ? { ...node, name: 'GeneratedAlways' } : node
