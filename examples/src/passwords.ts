/** Passwords by scrypt (RFC 7914): `scrypt:<cost>:<salt>:<hash>`, so that the cost can be raised without losing the old ones. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const COST = 16_384
const LENGTH_BYTES = 32

const derive = (password: string, salt: Buffer, cost: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const done = (error: Error | null, key: Buffer) => (error ? reject(error) : resolve(key))
    scrypt(password.normalize('NFKC'), salt, LENGTH_BYTES, { N: cost }, done)
  })

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST)
  return `scrypt:${COST}:${salt.toString('base64')}:${key.toString('base64')}`
}

/** Without a hash (no such user, or no password set) it takes as long as with one, so that time tells nothing. */
export async function passwordMatches(password: string, stored: string | null | undefined): Promise<boolean> {
  const [, cost = String(COST), salt = '', hash = ''] = stored?.split(':') ?? []
  const key = await derive(password, Buffer.from(salt, 'base64'), Number(cost))
  const expected = Buffer.from(hash, 'base64')
  return expected.length === key.length && timingSafeEqual(expected, key)
}
