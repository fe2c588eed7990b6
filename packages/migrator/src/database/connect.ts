/**
 * URL → connection, with every way in which that fails told apart. The URL goes no further: a connection opens another of itself, and
 * what may be printed of one is its target, which holds no password.
 */
import { hostname, userInfo } from 'node:os'
import pg from 'pg'
import { type MigratorError, reason } from '../errors.ts'
import {
  AuthenticationError,
  ConnectionRefusedByServerError,
  DatabaseMissingError,
  UnreachableServerError,
  UnusableDatabaseUrlError,
} from './errors.ts'

/** Where a run goes, as it may be printed. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
}

const CONNECT_TIMEOUT_MS = 10_000

export const targetText = ({ host, port, database }: Target): string => `${host}:${port}/${database}`

/** `deploy@ci-12`: who runs this, on which machine. A user id without a name (a container's) is given as it is. */
export function operator(): string {
  let user: string
  try {
    user = userInfo().username
  } catch {
    user = `uid ${process.getuid?.() ?? '?'}`
  }
  return `${user}@${hostname()}`
}

/** A pg client in pipeline mode that knows where it is connected to, and how to open another connection to the same place. */
export class Client extends pg.Client {
  /** As it may be printed. */
  readonly target: Target
  /** `18.4`, from the connection's own greeting. */
  serverVersion: string | undefined
  /** The backend's process id as the greeting says it; a pooler invents one. */
  declare readonly processID: number | null
  /** The connection has died: whatever fails on it now failed for that. */
  lost = false
  /** Private to the language too: nothing that prints an object's fields (JSON, inspect, a test's diff) comes to the password in it. */
  readonly #url: string

  /** Not connected yet. Throws what pg throws: it reads certificates that the URL names at once. */
  constructor(url: string, purpose: string) {
    super({
      connectionString: url,
      pipeline: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      // PostgreSQL cuts the name at 63 bytes; the holder of a lock is named by it.
      application_name: `veza-migrator ${purpose} ${operator()}`.slice(0, 63),
    })
    this.#url = url
    const { host, port, database = '', user = '' } = this
    this.target = { host, port, database, user }
    // A connection that dies fails the statements under way; it is no reason for the process to die.
    this.on('error', () => {
      this.lost = true
    })
    this.connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
      if (parameterName === 'server_version') this.serverVersion = parameterValue.split(' ')[0]
    })
  }

  /**
   * A second connection to the same database, as the same user, whether or not this one still lives. The caller closes it.
   * `purpose` is a word for the operator who looks into pg_stat_activity. Throws what `connect` throws.
   */
  another(purpose: string): Promise<Client> {
    return connect(this.#url, purpose)
  }
}

/**
 * A connected client, which the caller closes.
 * Throws UnreachableServerError, AuthenticationError, DatabaseMissingError, ConnectionRefusedByServerError, UnusableDatabaseUrlError.
 */
export async function connect(url: string, purpose: string): Promise<Client> {
  const client = newClient(url, purpose)
  try {
    await client.connect()
  } catch (error) {
    client.end().catch(() => {})
    throw connectionError(error, client.target)
  }
  return client
}

function newClient(url: string, purpose: string): Client {
  try {
    return new Client(url, purpose)
  } catch (error) {
    throw new UnusableDatabaseUrlError({ detail: reason(error) }, error)
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

function connectionError(error: unknown, target: Target): MigratorError {
  const failure = error as Failure
  const place = targetText(target)
  const code = failure.code ?? failure.errors?.[0]?.code ?? ''
  const detail = failure.message
  if (code === '28P01' || code === '28000' || detail.startsWith('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password')) {
    const why = code === '' ? 'the server asks for a password and none was given' : detail
    return new AuthenticationError({ target: place, user: target.user, detail: why }, error)
  }
  if (code === '3D000') {
    return new DatabaseMissingError({ database: target.database, target: `${target.host}:${target.port}` }, error)
  }
  if (sqlState(error) !== undefined && code !== '57P03') {
    return new ConnectionRefusedByServerError({ target: place, detail, sqlState: code }, error)
  }
  const why =
    NETWORK[code] ?? (detail === 'timeout expired' ? `no answer within ${CONNECT_TIMEOUT_MS / 1000} s` : detail)
  return new UnreachableServerError({ target: place, detail: why }, error)
}

/** SQLSTATE of a server's error, or undefined where something else failed: the connection, or a migration's own code. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}

/** Server is going away or the connection is gone: nothing more can be asked on it. */
export function isConnectionLoss(client: Client, error: unknown): boolean {
  const state = sqlState(error)
  return state === undefined ? client.lost : /^(57P0[1-3]|08)/.test(state)
}
