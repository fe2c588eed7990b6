import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { snake } from './subject.ts'
import { toolOf } from './tool-tables.ts'

/** Columns that hold a secret in plain text. A token that only names something, such as a share link, is not a secret. */
const PLAIN = /^(password|token|(access|refresh|reset|session|verification|api)_(token|key))$/
const SECRET = /(_hash|_token|password|_secret)$/
/**
 * Other names of secrets. What is kept for another service has to be read again, so it is encrypted and not hashed; neither the name nor the
 * type shows whether it is, only a comment can.
 */
const LIKELY =
  /(^|_)(api_?key|secret_key|private_key|access_key|(client|app|consumer|webhook|signing|otp|totp|mfa|two_factor)_secret|passwd|(access|refresh|auth|bearer|session|remember|confirmation|verification|invitation|unlock|reset|reset_password|password_reset|api)_token|(backup|recovery)_codes|[a-z]+_password)$/
const NOT_PLAIN = /encrypt|encode|encipher|cipher|crypt|hash|digest|sha-?256|bcrypt|argon/i
/** A lock is held by whoever knows its token; that lets nobody in. */
const LOCK = /(^|_)(locks?|mutex(es)?|semaphores?|leases?)$/
/** Django keeps a password's hash under this name and in this type. */
const DJANGO_HASH = /^password character varying\(128\)$/
/** Types that can hold a secret. A flag or a time whose name mentions a secret holds none. */
const HOLDS = /^(text|character|bytea)\b/

export const secret: Rule = {
  name: 'secret',
  severity: 'error',
  stake: 'exposure',
  summary: 'Tokens are kept only as a SHA-256 in token_hash, and nothing secret has a default.',
  consequence:
    'Anybody who reads a backup or a replica can log in as any user; a default makes two rows share one secret.',

  *find({ catalog, tables, place }) {
    const isDjango = catalog.tables.some((table) => toolOf(table) === 'Django')
    for (const table of tables) {
      for (const { name, type, default: expression, generated, comment } of table.columns) {
        if (generated || !HOLDS.test(type)) continue
        const at = { table: place(table), column: name }
        if (PLAIN.test(name) && !LOCK.test(snake(table.name)) && !(isDjango && DJANGO_HASH.test(`${name} ${type}`))) {
          const isPassword = name === 'password'
          const hash = isPassword ? 'password_hash' : 'token_hash'
          yield {
            ...at,
            found: `${quoted(name)} ${type}`,
            expected: `${hash} text, a hash and never the secret itself`,
            remedy: isPassword
              ? `Keep the hash in a column of its own, let everybody log in again, drop this one. Where hashes are in it already, only its name is wrong: ALTER TABLE ${sqlName(table)} RENAME COLUMN password TO password_hash`
              : `Keep the SHA-256 in a column ${hash}, look it up by that, let the tokens that were given out expire or give out new ones, then drop this one.`,
            // Neither name nor type shows whether a password in it is hashed, or what a token opens.
            ...(/^(password|token)$/.test(name) && { confidence: 'medium' }),
          }
        }
        if (!PLAIN.test(name) && LIKELY.test(snake(name)) && !NOT_PLAIN.test(name) && !NOT_PLAIN.test(comment ?? '')) {
          yield {
            ...at,
            found: `${quoted(name)} ${type}`,
            expected: 'a hash, or the secret encrypted by the service, and a comment that says which',
            remedy: `Where it is one already, say so: COMMENT ON COLUMN ${sqlName(table)}.${quoted(name)} IS '...'; otherwise hash or encrypt it.`,
            confidence: 'medium',
          }
        }
        // An empty text is no secret that two rows could share.
        if (SECRET.test(name) && expression !== null && !/^''(::|$)/.test(expression)) {
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
