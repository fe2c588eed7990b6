/** What went wrong with TLS, from the error that Node or pg gives. Pure. */
import { UnboundLogin } from './channel-binding.ts'
import type { TlsFailure } from './errors.ts'

const KINDS: Readonly<Record<string, TlsFailure>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'early',
  CERT_REVOKED: 'revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'host',
  UNABLE_TO_GET_ISSUER_CERT: 'authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'authority',
  CERT_SIGNATURE_FAILURE: 'authority',
  CERT_UNTRUSTED: 'authority',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'client',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'client',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'client',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'client',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'client',
  ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR: 'client',
}

/** pg's sentences, which have no codes: the server said no, or answered something that is no answer to the question. */
const NO_TLS = ['The server does not support SSL connections', 'There was an error establishing an SSL connection']

/** Undefined if the failure has nothing to do with TLS. */
export function tlsFailureOf(error: Error & { readonly code?: string }): TlsFailure | undefined {
  const { code = '', message } = error
  if (error instanceof UnboundLogin) return 'unbound'
  if (NO_TLS.includes(message)) return 'none'
  // OpenSSL's names of what is wrong with a certificate: UNABLE_TO_..., CERT_..., INVALID_CA and more; the codes of systems begin with E.
  const isTls = /^(ERR_(SSL|TLS|OSSL)_|CERT_|CRL_|UNABLE_TO_|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|EPROTO$)/.test(code)
  return KINDS[code] ?? (isTls ? 'other' : undefined)
}
