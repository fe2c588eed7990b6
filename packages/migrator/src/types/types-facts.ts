/** A generated TypeScript file as facts: each table's interface, columns with types, comments, aliases, lists, imports and exports. */
import type { InterfaceDeclaration, Node, SourceFile, Statement, TypeElement } from 'typescript'
import type { Fact } from './fact.ts'
import ts from './typescript.ts'

export function typesFacts(text: string): Fact[] {
  const file = ts.createSourceFile('generated.ts', text, ts.ScriptTarget.Latest, true)
  const tables = tableNames(file)
  return file.statements.flatMap((statement): Fact[] => {
    if (!ts.isInterfaceDeclaration(statement)) return [statementFact(statement)]
    const table = tables.get(statement.name.text)
    if (table === undefined) return [statementFact(statement)]
    return [
      headFact(statement, table),
      ...commentFact(statement, table, 'comment'),
      ...statement.members.flatMap((member) => columnFacts(member, table)),
    ]
  })
}

/** All that stands before the members: modifiers, name, what it extends. */
function headFact(statement: InterfaceDeclaration, table: string): Fact {
  const head = statement.getText().slice(0, statement.members.pos - statement.getStart() - 1)
  return { table, what: `interface ${statement.name.text}`, meaning: tokens(head), shown: `\`${oneLine(head)}\`` }
}

/** Interface → table, from the interface that lists them: `user_sessions: UserSessionsTable`. */
function tableNames(file: SourceFile): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const statement of file.statements) {
    if (!ts.isInterfaceDeclaration(statement) || !statement.name.text.endsWith('Tables')) continue
    for (const member of statement.members) {
      if (ts.isPropertySignature(member) && member.type && ts.isTypeReferenceNode(member.type))
        names.set(member.type.typeName.getText(), nameOf(member))
    }
  }
  return names
}

function columnFacts(member: TypeElement, table: string): Fact[] {
  const what = `column ${nameOf(member)}`
  const shown = `\`${oneLine(member.getText().replace(/[;,]$/, ''))}\``
  return [
    { table, what, meaning: tokens(member.getText()), shown },
    ...commentFact(member, table, `comment of ${what}`),
  ]
}

function commentFact(node: Node, table: string, what: string): Fact[] {
  const words = ts
    .getJSDocCommentsAndTags(node)
    .map((comment) => comment.getText().replace(/^\/\*\*|\*\/$/g, ''))
    .map((comment) => oneLine(comment.replace(/^[ \t]*\*/gm, '')))
    .join(' ')
  return words === '' ? [] : [{ table, what, meaning: words, shown: JSON.stringify(words) }]
}

function statementFact(statement: Statement): Fact {
  const meaning = tokens(statement.getText())
  return { table: null, what: statementName(statement), meaning, shown: `\`${oneLine(statement.getText())}\`` }
}

function statementName(statement: Statement): string {
  if (ts.isInterfaceDeclaration(statement)) return `interface ${statement.name.text}`
  if (ts.isTypeAliasDeclaration(statement)) return `type ${statement.name.text}`
  if (ts.isVariableStatement(statement))
    return `const ${statement.declarationList.declarations.map(({ name }) => name.getText()).join(', ')}`
  if (ts.isImportDeclaration(statement)) return `import from ${statement.moduleSpecifier.getText().slice(1, -1)}`
  if (ts.isExportDeclaration(statement)) return `export from ${statement.moduleSpecifier?.getText().slice(1, -1)}`
  return `statement ${oneLine(statement.getText())}`
}

const nameOf = ({ name }: TypeElement): string =>
  name === undefined ? '' : ts.isStringLiteral(name) ? name.text : name.getText()

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** After one of these, the leading `|` of a union that is laid out over several lines means nothing. */
const OPENING = new Set([ts.SyntaxKind.EqualsToken, ts.SyntaxKind.ColonToken, ts.SyntaxKind.LessThanToken])

/** The tokens of a text, without comments and separators, strings by their value. */
function tokens(text: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text)
  const found: string[] = []
  let before = ts.SyntaxKind.Unknown
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    const isSeparator = kind === ts.SyntaxKind.SemicolonToken || kind === ts.SyntaxKind.CommaToken
    const isLeadingBar = kind === ts.SyntaxKind.BarToken && OPENING.has(before)
    before = kind
    if (isSeparator || isLeadingBar) continue
    found.push(kind === ts.SyntaxKind.StringLiteral ? JSON.stringify(scanner.getTokenValue()) : scanner.getTokenText())
  }
  return found.join(' ')
}
