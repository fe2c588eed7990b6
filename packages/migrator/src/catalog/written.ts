import { unqualified } from '../sql/unqualified.ts'
import { SchemaChangedError } from './errors.ts'

/**
 * What the server wrote of an object, with the names as unqualified() leaves them. The server looks at the newest state, and answers null for
 * what somebody has dropped since the transaction began. Throws SchemaChangedError.
 */
export function written(sql: string | null, home: string, kept = 0): string {
  if (sql === null) throw new SchemaChangedError()
  return unqualified(sql, home, kept)
}
