/** `sslmode`: in which ways a server is tried, with or without TLS (PostgreSQL manual, 34.1.2 and 34.19). Pure. */
import { isIP } from 'node:net'
import type { Parameters } from './parameters.ts'

export type Encryption = 'none' | 'tls'
export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'

const ENCRYPTIONS: Readonly<Record<SslMode, readonly Encryption[]>> = {
  disable: ['none'],
  allow: ['none', 'tls'],
  prefer: ['tls', 'none'],
  require: ['tls'],
  'verify-ca': ['tls'],
  'verify-full': ['tls'],
}

/** As libpq: sslmode does not count for a Unix socket, which nobody else can listen to. */
export function encryptionsFor(parameters: Parameters, host: string): readonly Encryption[] {
  return isSocket(host) ? ['none'] : ENCRYPTIONS[sslModeOf(parameters, host)]
}

/**
 * The default is libpq's `prefer`, except that a server on this machine is first tried without TLS: nobody listens in on loopback, and
 * asking for TLS is a round trip more. One that takes only TLS connections is reached all the same.
 */
export function sslModeOf({ sslmode, sslrootcert }: Parameters, host: string): SslMode {
  if (sslmode !== undefined) return sslmode as SslMode
  if (sslrootcert === 'system') return 'verify-full'
  return isLoopback(host) ? 'allow' : 'prefer'
}

const isSocket = (host: string): boolean => host.startsWith('/')

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
