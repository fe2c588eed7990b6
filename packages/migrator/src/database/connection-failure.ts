/** Why a connection could not be made: the driver's error → the error that a person reads. Pure. */
import pg from 'pg'
import type { MigratorError } from '../errors.ts'
import {
  AuthenticationError,
  ConnectionRefusedByServerError,
  DatabaseMissingError,
  TlsError,
  UnreachableServerError,
} from './errors.ts'
import { serverText, type Target, targetText } from './target.ts'
import { tlsFailureOf } from './tls-failure.ts'

/** Nothing was answered within the time that there was. */
export class NoAnswer extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms < 1000 ? `${ms} ms` : `${ms / 1000} s`}`)
  }
}

interface Failure extends Error {
  readonly code?: string
  readonly errors?: readonly Failure[]
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOENT: 'there is no such socket',
}

export function connectionFailure(error: unknown, target: Target): MigratorError {
  const failure = error as Failure
  const place = targetText(target)
  const code = failure.code ?? failure.errors?.[0]?.code ?? ''
  const detail = failure.message
  if (code === '28P01' || code === '28000' || detail.startsWith('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password')) {
    const why = code === '' ? 'the server asks for a password and none was given' : detail
    return new AuthenticationError(
      { target: place, user: target.user, detail: why, sqlState: code || undefined },
      error,
    )
  }
  const tls = tlsFailureOf(failure)
  if (tls !== undefined) return new TlsError({ target: place, failure: tls, detail }, error)
  if (code === '3D000') {
    return new DatabaseMissingError({ database: target.database, target: serverText(target) }, error)
  }
  if (error instanceof pg.DatabaseError && code !== '57P03') {
    return new ConnectionRefusedByServerError({ target: place, detail, sqlState: code }, error)
  }
  return new UnreachableServerError({ target: place, detail: NETWORK[code] ?? detail }, error)
}
