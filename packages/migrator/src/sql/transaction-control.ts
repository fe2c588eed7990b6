/**
 * Does a text begin, end or divide a transaction? The run owns its transaction: a COMMIT inside one would land half of it and give up
 * the lock. A text can hold several statements, so words in comments, literals and function bodies are taken out first. Pure.
 */

const CONTROL = /^\s*(?:begin|commit|rollback|abort|end|savepoint|release|start\s+transaction|prepare\s+transaction)\b/i

/** Comments, E'' with its backslashes, '', "" and dollar-quoted bodies (PostgreSQL manual, 4.1). */
const NO_STATEMENT =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\be'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([a-z_]\w*)?\$[\s\S]*?\$\1\$/gi

/** The first words that do, or undefined. */
export function transactionControl(sql: string): string | undefined {
  const bare = sql.replace(NO_STATEMENT, ' ')
  // The END of a function body in the SQL standard's form stands behind a semicolon too.
  const hasAtomicBody = /\bbegin\s+atomic\b/i.test(bare)
  for (const statement of bare.split(';')) {
    const control = CONTROL.exec(statement)?.[0].trim()
    if (control !== undefined && !(hasAtomicBody && /^end$/i.test(control))) return control
  }
  return undefined
}
