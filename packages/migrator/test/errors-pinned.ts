/**
 * What the sources say, held against what the tests pin. A message is made of pieces: the literal parts of its template. Each piece has to
 * stand in an inline snapshot of some test, so a new class, a new branch and a changed word are noticed alike. Read from the sources,
 * since one test file cannot know what the others run.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const SRC = join(import.meta.dirname, '../src')

export interface Declared {
  /** Of the class, or of the function that words a part of several messages. */
  readonly name: string
  readonly isClass: boolean
  /** The literal parts of its message, line by line, that have words in them. */
  readonly pieces: readonly string[]
  /** The functions that it calls: those of an errors.ts word parts of several messages. */
  readonly calls: readonly string[]
}

const parsed = (text: string): ts.SourceFile => ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true)
const textsIn = (folder: string, pattern: string): string[] =>
  globSync(pattern, { cwd: folder })
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'))

/** Snapshots are indented, and terminals indent again. */
const evened = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** Every class and every wording function of an `errors.ts`. */
export const declaredIn = (text: string): Declared[] => parsed(text).statements.flatMap(declarations)

export const declared: readonly Declared[] = textsIn(SRC, '**/errors.ts').flatMap(declaredIn)

function declarations(statement: ts.Statement): Declared[] {
  if (ts.isClassDeclaration(statement)) {
    const isAbstract = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword)
    // A base class has no message of its own.
    if (isAbstract || !statement.heritageClauses?.some(({ types }) => types.some(isDeclaredMessage))) return []
    return [{ name: statement.name!.text, isClass: true, ...saidBy(statement) }]
  }
  if (ts.isFunctionDeclaration(statement)) return [{ name: statement.name!.text, isClass: false, ...saidBy(statement) }]
  if (!ts.isVariableStatement(statement)) return []
  return statement.declarationList.declarations.map((one) => ({
    name: one.name.getText(),
    isClass: false,
    ...saidBy(one),
  }))
}

/** `extends usageError(...)`, not `extends UsageError`. */
function isDeclaredMessage({ expression }: ts.ExpressionWithTypeArguments): boolean {
  return ts.isCallExpression(expression)
}

function saidBy(declaration: ts.Node): Pick<Declared, 'pieces' | 'calls'> {
  const calls = nodesIn(declaration, ts.isCallExpression).map(({ expression }) => expression.getText())
  return { pieces: piecesOf(declaration), calls }
}

function piecesOf(declaration: ts.Node): string[] {
  return nodesIn(declaration, isText)
    .filter((literal) => !isCompared(literal))
    .flatMap(({ text }) => text.split('\n'))
    .map(evened)
    .filter((piece) => /\p{L}{2}/u.test(piece))
}

function isText(node: ts.Node): node is ts.StringLiteralLike | ts.TemplateLiteralToken {
  return ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)
}

/** A value that decides which words are said is not said itself: `outcome.kind === 'nothing'`, a type, a default. */
function isCompared({ parent }: ts.Node): boolean {
  return (
    ts.isLiteralTypeNode(parent) ||
    ts.isCaseClause(parent) ||
    ts.isBindingElement(parent) ||
    (ts.isPropertyAssignment(parent) && parent.name.getText() === 'kind') ||
    (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken)
  )
}

const tests: readonly ts.SourceFile[] = textsIn(import.meta.dirname, '**/*.test.ts').map(parsed)

/** The texts of all inline snapshots. */
const pinned: readonly string[] = tests
  .flatMap((file) => nodesIn(file, ts.isCallExpression))
  .filter(({ expression }) => nameOf(expression) === 'toMatchInlineSnapshot')
  .flatMap(({ arguments: [text] }) => (text && ts.isStringLiteralLike(text) ? [evened(text.text)] : []))

/** The pieces of a message that no test pins. */
export const unpinned = ({ pieces }: Declared): string[] =>
  pieces.filter((piece) => !pinned.some((text) => text.includes(piece)))

/** Names of the classes that tests make themselves instead of provoking them. */
export const constructed: readonly string[] = [
  ...new Set(tests.flatMap((file) => nodesIn(file, ts.isNewExpression)).map(({ expression }) => nameOf(expression))),
]
  .filter((name) => declared.some((one) => one.isClass && one.name === name))
  .sort()

/** `X` of `X` and of `errors.X`. */
function nameOf(expression: ts.Expression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText()
}

function nodesIn<N extends ts.Node>(root: ts.Node, isOne: (node: ts.Node) => node is N): N[] {
  const found: N[] = []
  const visit = (node: ts.Node): void => {
    if (isOne(node)) found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(root)
  return found
}
