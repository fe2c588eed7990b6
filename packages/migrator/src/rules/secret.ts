import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

/** Columns that hold a secret in plain text. A token that only names something, such as a share link, is not a secret. */
const PLAIN = /^(password|token|(access|refresh|reset|session|verification|api)_(token|key))$/
const SECRET = /(_hash|_token|password|_secret)$/
/** Types that can hold a secret. A flag or a time whose name mentions a secret holds none. */
const HOLDS = /^(text|character|bytea)\b/

export const secret: Rule = {
  name: 'secret',
  severity: 'error',
  stake: 'exposure',
  summary: 'Tokens are kept only as a SHA-256 in token_hash, and nothing secret has a default.',
  consequence:
    'Anybody who reads a backup or a replica can log in as any user; a default makes two rows share one secret.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const { name, type, default: expression, generated } of table.columns) {
        if (generated || !HOLDS.test(type)) continue
        const at = { table: place(table), column: name }
        if (PLAIN.test(name)) {
          yield {
            ...at,
            found: `${quoted(name)} ${type}`,
            expected: `${name === 'password' ? 'password_hash' : 'token_hash'} text, a hash and never the secret itself`,
            remedy: 'Keep the hash in a column of its own, let everybody log in again, drop this one.',
          }
        }
        if (SECRET.test(name) && expression !== null) {
          yield {
            ...at,
            found: `DEFAULT ${expression}`,
            expected: 'no default',
            remedy: `ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} DROP DEFAULT`,
          }
        }
      }
    }
  },
}
