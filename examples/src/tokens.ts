/** A token is shown once; the database keeps its SHA-256 in lower-case hex. */
import { createHash, randomBytes } from 'node:crypto'

export interface FreshToken {
  readonly token: string
  readonly hash: string
}

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

export function freshToken(): FreshToken {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashOf(token) }
}
