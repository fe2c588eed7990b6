/**
 * Names of constraints, indexes and triggers: `<prefix>_<table>_<what>`. They are derived and never chosen, so that the name in an error
 * message says what was violated. PostgreSQL silently cuts a name that is longer than 63 bytes; here such a name is an error.
 */
const LONGEST_NAME_BYTES = 63
const NAME = /^[a-z][a-z0-9_]*$/

export type Prefix = 'pk' | 'uq' | 'fk' | 'chk' | 'idx' | 'trg'

/** `derivedName('uq', 'users', ['email'])` is `uq_users_email`. Throws for a name that PostgreSQL would cut or fold. */
export function derivedName(prefix: Prefix, table: string, parts: readonly string[] = []): string {
  return checkedName([prefix, table, ...parts].join('_'))
}

/** Returns the name unchanged. Throws unless it is snake_case, begins with a letter and has at most 63 bytes. */
export function checkedName(name: string): string {
  if (!NAME.test(name)) throw new Error(`name "${name}": use lower-case letters, digits and _, beginning with a letter`)
  if (name.length > LONGEST_NAME_BYTES) {
    throw new Error(`name "${name}" has ${name.length} bytes, PostgreSQL keeps ${LONGEST_NAME_BYTES}: shorten it`)
  }
  return name
}
