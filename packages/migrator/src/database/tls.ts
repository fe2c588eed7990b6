/**
 * The TLS of a connection, from the parameters that libpq has for it. Certificates and keys are read here, so that a file that cannot be
 * used is named before a server is asked. Imported only where TLS is used.
 */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { reason } from '../errors.ts'
import { type SslMode, sslModeOf } from './encryption.ts'
import { UnusableDatabaseUrlError } from './errors.ts'
import type { ParameterName, Parameters } from './parameters.ts'

/** What pg passes on to tls.connect. Throws UnusableDatabaseUrlError. */
export function tlsOptions(parameters: Parameters, host: string): tls.ConnectionOptions {
  const mode = sslModeOf(parameters, host)
  const authority = authorityOf(parameters, mode)
  // As libpq: `require` with an authority at hand checks it too.
  const isVerified = mode.startsWith('verify-') || (mode === 'require' && authority !== undefined)
  return {
    secureContext: contextOf(parameters, authority),
    rejectUnauthorized: isVerified,
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  }
}

/** Where libpq looks for what no parameter names: `~/.postgresql/root.crt`. */
function ownFile(name: string): string {
  const { APPDATA } = process.env
  return process.platform === 'win32' && APPDATA
    ? join(APPDATA, 'postgresql', name)
    : join(homedir(), '.postgresql', name)
}

/** The certificates that the server's must be signed with; undefined if there are none and none are needed. */
function authorityOf({ sslrootcert, sslmode }: Parameters, mode: SslMode): string | string[] | undefined {
  if (sslrootcert === 'system') {
    if (mode !== 'verify-full')
      throw unusable(`sslrootcert=system goes only with sslmode=verify-full, not with ${sslmode}`)
    // Before Node 22.15 there is no way to ask for the system's certificates, and Node's own list takes their place.
    return [...(tls.getCACertificates?.('system') ?? tls.rootCertificates)]
  }
  if (sslrootcert !== undefined) return contentOf('sslrootcert', sslrootcert)
  const own = ownFile('root.crt')
  if (existsSync(own)) return contentOf('sslrootcert', own)
  if (!mode.startsWith('verify-')) return undefined
  throw unusable(
    `sslmode=${mode} needs the certificate of the server's authority: name its file with sslrootcert, or the authorities that this ` +
      `system trusts with sslrootcert=system (there is no ${own})`,
  )
}

function contextOf(parameters: Parameters, authority: string | string[] | undefined): tls.SecureContext {
  const { sslpassword, sslcrl, ssl_min_protocol_version, ssl_max_protocol_version } = parameters
  const cert = clientFile('sslcert', 'postgresql.crt', parameters)
  const key = cert && clientFile('sslkey', 'postgresql.key', parameters)
  if (cert !== undefined && key === undefined)
    throw unusable('sslcert is given without sslkey, which names its private key')
  try {
    return tls.createSecureContext({
      ...(authority && { ca: authority }),
      ...(cert && { cert, key: key as string }),
      ...(sslpassword && { passphrase: sslpassword }),
      ...(sslcrl && { crl: contentOf('sslcrl', sslcrl) }),
      // libpq's default, since PostgreSQL 14.
      minVersion: (ssl_min_protocol_version as tls.SecureVersion | undefined) ?? 'TLSv1.2',
      ...(ssl_max_protocol_version && { maxVersion: ssl_max_protocol_version as tls.SecureVersion }),
    })
  } catch (error) {
    if (error instanceof UnusableDatabaseUrlError) throw error
    throw unusable(
      `sslrootcert, sslcert or sslkey has no certificate or key that can be used (${reason(error)})`,
      error,
    )
  }
}

function clientFile(name: 'sslcert' | 'sslkey', ownName: string, parameters: Parameters): string | undefined {
  const given = parameters[name]
  if (given !== undefined) return contentOf(name, given)
  const own = ownFile(ownName)
  return existsSync(own) ? contentOf(name, own) : undefined
}

function contentOf(name: ParameterName, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw unusable(`${name} names a file that cannot be read: ${reason(error)}`, error)
  }
}

const unusable = (detail: string, cause?: unknown) => new UnusableDatabaseUrlError({ detail }, cause)
