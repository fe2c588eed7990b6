/**
 * Certificates for tests, made with what Node has: X.509 (RFC 5280) in DER, with keys on the curve P-256. A library for this would bring
 * a dozen packages for these few lines, and OpenSSL's program is not on every machine.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

export interface Issued {
  /** PEM. */
  readonly cert: string
  /** PEM, PKCS #8. */
  readonly key: string
}

export interface Authority extends Issued {
  issue(fields: CertificateFields): Issued
}

interface CertificateFields {
  /** The common name: for a client certificate, the database user. */
  readonly name: string
  /** Host names and addresses that the certificate is for. */
  readonly hosts?: readonly string[]
  /** Days from now. Default: from yesterday to tomorrow. */
  readonly validDays?: readonly [from: number, to: number]
  /** Encrypts the key. */
  readonly password?: string
}

export function certificateAuthority(name: string): Authority {
  const own = keyPair()
  const issue = (fields: CertificateFields, isAuthority = false, pair = keyPair()): Issued => {
    const tbs = toBeSigned({ fields, issuer: name, publicKey: pair.publicKey, isAuthority })
    const der = sequence(tbs, ECDSA_SHA256, bits(sign('sha256', tbs, own.privateKey)))
    const { password } = fields
    const secret = password === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: password }
    return {
      cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
      key: pair.privateKey.export({ type: 'pkcs8', format: 'pem', ...secret }) as string,
    }
  }
  return { ...issue({ name }, true, own), issue: (fields) => issue(fields) }
}

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

function toBeSigned(given: {
  fields: CertificateFields
  issuer: string
  publicKey: KeyObject
  isAuthority: boolean
}): Buffer {
  const { fields, issuer, publicKey, isAuthority } = given
  const { name, hosts = [], validDays: [from, to] = [-1, 1] } = fields
  const serial = randomBytes(8)
  serial[0] = 1
  const extensions = [
    ...(isAuthority ? [extension('551d13', sequence(tagged(0x01, Buffer.from([0xff]))))] : []),
    ...(hosts.length > 0 ? [extension('551d11', sequence(...hosts.map(alternativeName)))] : []),
  ]
  return sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    ECDSA_SHA256,
    distinguishedName(issuer),
    sequence(time(from), time(to)),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [tagged(0xa3, sequence(...extensions))] : []),
  )
}

/** A tag, the length of the content, the content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts))
const identifier = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'))
const bits = (content: Buffer): Buffer => tagged(0x03, Buffer.concat([Buffer.from([0]), content]))
const ECDSA_SHA256 = sequence(identifier('2a8648ce3d040302'))

/** CN=name. */
const distinguishedName = (name: string): Buffer =>
  sequence(tagged(0x31, sequence(identifier('550403'), tagged(0x0c, Buffer.from(name)))))

/** UTCTime: `260711120000Z`. */
function time(days: number): Buffer {
  const iso = new Date(Date.now() + days * 86_400_000).toISOString()
  return tagged(0x17, Buffer.from(`${iso.slice(2, 19).replaceAll(/\D/g, '')}Z`))
}

const extension = (id: string, content: Buffer): Buffer => sequence(identifier(id), tagged(0x04, content))

function alternativeName(host: string): Buffer {
  if (isIP(host) === 4) return tagged(0x87, Buffer.from(host.split('.').map(Number)))
  if (host === '::1') return tagged(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]))
  return tagged(0x82, Buffer.from(host))
}
