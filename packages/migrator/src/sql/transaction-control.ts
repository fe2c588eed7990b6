/**
 * Does a text begin, end or divide a transaction? The run owns its transaction: a COMMIT inside one would land half of it and give up the
 * lock. What a DO block or a procedure does is not asked: inside a transaction PostgreSQL itself refuses a COMMIT there (2D000). Pure.
 */
import type { Token } from './lexer.ts'
import { word } from './names.ts'
import { statements } from './statements.ts'

/** No statement begins with one of these for another reason, and a keyword can be written in no other way than with its letters. */
const CONTROL = new Set(['begin', 'commit', 'rollback', 'abort', 'end', 'savepoint', 'release'])

/**
 * What every text with control matches, to read only a few to the end: before the first word of a statement stands nothing, a semicolon,
 * the end of a comment or a line break, and white space.
 */
const MAY_HAVE_CONTROL =
  /(?:^|[;/\n\r])[ \t\f\v]*(?:begin|commit|rollback|abort|end|savepoint|release|start|prepare)(?![\w$])/i

/** The first words that do, or undefined. */
export function transactionControl(sql: string): string | undefined {
  if (!MAY_HAVE_CONTROL.test(sql)) return undefined
  for (const statement of statements(sql)) {
    const control = controlOf(statement)
    if (control !== undefined) return control
  }
  return undefined
}

function controlOf([first, second, third]: readonly Token[]): string | undefined {
  const verb = word(first)
  if (verb === undefined) return undefined
  if (CONTROL.has(verb)) return first?.text
  if (word(second) !== 'transaction') return undefined
  // `prepare transaction as select 1` prepares a statement of that name.
  const isTwoPhase = verb === 'prepare' && third?.kind === 'string'
  return verb === 'start' || isTwoPhase ? `${first?.text} ${second?.text}` : undefined
}
