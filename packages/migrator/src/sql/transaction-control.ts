/**
 * Does a text begin, end or divide a transaction? Only the run may do that: a COMMIT in a migration would commit half of the run and
 * release its lock. DO blocks and procedures are not searched: inside a transaction PostgreSQL itself refuses a COMMIT there (2D000). Pure.
 */
import type { Token } from './lexer.ts'
import { word } from './names.ts'
import { statements } from './statements.ts'

/** Every statement that begins with one of these words controls a transaction. Keywords have no quoted or escaped spelling. */
const CONTROL = new Set(['begin', 'commit', 'rollback', 'abort', 'end', 'savepoint', 'release'])

/**
 * Every text with transaction control matches this, so that only few texts must be cut into statements: before the first word of a
 * statement stands the beginning of the text, a semicolon, the end of a comment or a line break, and then perhaps white space.
 */
const MAY_HAVE_CONTROL =
  /(?:^|[;/\n\r])[ \t\f\v]*(?:begin|commit|rollback|abort|end|savepoint|release|start|prepare)(?![\w$])/i

/** The first words in the text that control a transaction, or undefined. */
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
