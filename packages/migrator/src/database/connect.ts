/**
 * URL → connection, with a separate error for each way in which connecting fails. A connection keeps its URL private, since it may hold a
 * password: it can open another connection to the same database, and its `target`, which holds no password, may be printed.
 */
import { hostname, userInfo } from 'node:os'
import pg from 'pg'
import { InterruptedError, type MigratorError, reason } from '../errors.ts'
import {
  AuthenticationError,
  ConnectionRefusedByServerError,
  DatabaseMissingError,
  UnreachableServerError,
  UnusableDatabaseUrlError,
} from './errors.ts'
import { takeApart } from './url.ts'

/** The database of a connection, without the password: it may be printed. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
}

/** How long a connection is waited for. */
export interface ConnectWait {
  /** Ends the waiting at once when it is aborted: InterruptedError. Default: never aborted. */
  readonly signal?: AbortSignal | undefined
  /** For the name lookup, TCP, TLS and the login together; 0 = for ever. Default: 10,000. */
  readonly timeoutMs?: number | undefined
  /**
   * The signal also ends a connection that is made, this long after it was aborted: a run needs a moment to cancel what the server does.
   * Default: 0.
   */
  readonly graceMs?: number | undefined
  /** Whether a look is taken at the network when an answer takes long. Default: true. */
  readonly isWatched?: boolean | undefined
}

const CONNECT_TIMEOUT_MS = 10_000
/** How long `end` waits for the server to close the connection before it closes the connection itself. */
const GOODBYE_MS = 1000

export const targetText = ({ host, port, database }: Target): string => `${host}:${port}/${database}`

/** `deploy@ci-12`: the user and the machine of this process. A user id without a name, as in a container, gives `uid 1001@ci-12`. */
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
  readonly target: Target
  /** `veza-migrator up deploy@ci-12`, as the server shows it. */
  applicationName = ''
  /** Whether a look is taken at the network when an answer takes long: see owed.ts. */
  readonly isWatched: boolean
  /** `18.4`, as the server announces it when the connection is made. */
  serverVersion: string | undefined
  /** The backend's process id, as it is announced when the connection is made; a pooler invents one. */
  declare readonly processID: number | null
  /** Why the connection has died, which is then the reason why statements on it fail. Undefined as long as it lives. */
  lostBy: Error | undefined
  get lost(): boolean {
    return this.lostBy !== undefined
  }
  /** How often the server has said, after an answer, that no transaction is open. */
  idles = 0
  /** A `#` field, so that nothing that prints an object's fields (JSON, inspect, a test's diff) prints the password in the URL. */
  readonly #url: string
  readonly #timeoutMs: number | undefined

  /** The client is not connected yet. Throws what pg throws: pg reads the certificates that the URL names already here. */
  constructor(url: string, purpose: string, wait: ConnectWait = {}) {
    super({
      connectionString: url,
      pipeline: true,
      keepAlive: true,
      // A connection on which nothing comes is asked for a sign of life after this time.
      keepAliveInitialDelayMillis: 10_000,
      // PostgreSQL cuts the name at 63 bytes. Messages about a lock name its holder by it.
      application_name: `veza-migrator ${purpose} ${operator()}`.slice(0, 63),
    })
    this.#url = url
    this.#timeoutMs = wait.timeoutMs
    const { host, port, database = '', user = '' } = this
    this.target = { host, port, database, user }
    // When a connection dies, the statements under way fail. Without this listener the process would end too.
    this.on('error', (error) => {
      this.lostBy ??= error
    })
    this.isWatched = wait.isWatched ?? true
    this.#endOn(wait)
    this.connection.on('readyForQuery', ({ status }) => {
      if (status === 'I') this.idles += 1
    })
    this.connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
      if (parameterName === 'server_version') this.serverVersion = parameterValue.split(' ')[0]
      if (parameterName === 'application_name') this.applicationName = parameterValue
    })
  }

  /**
   * A second connection to the same database as the same user, even if this one has died. The caller closes it.
   * `purpose` is a word that the operator sees in pg_stat_activity. Waits as long as this one did, unless `wait` says otherwise.
   * Throws what `connect` throws.
   */
  another(purpose: string, wait: ConnectWait = {}): Promise<Client> {
    return connect(this.#url, purpose, { timeoutMs: this.#timeoutMs, ...wait })
  }

  /** Ends the connection at once, without a word to the server. What is under way on it fails with `why`. */
  destroy(why: Error): void {
    this.connection.stream.destroy(why)
  }

  /** Nothing on this connection is waited for any longer than `graceMs` after the signal was aborted. */
  #endOn({ signal, graceMs = 0 }: ConnectWait): void {
    let isOpen = false
    let timer: NodeJS.Timeout | undefined
    const abort = () => {
      const during = isOpen ? 'while the database was asked' : `while connecting to ${targetText(this.target)}`
      timer = setTimeout(() => this.destroy(new InterruptedError({ during })), isOpen ? graceMs : 0)
    }
    signal?.addEventListener('abort', abort, { once: true })
    this.once('connect', () => {
      isOpen = true
    })
    this.once('end', () => {
      signal?.removeEventListener('abort', abort)
      clearTimeout(timer)
    })
  }

  /** Says goodbye to the server and closes the connection, also if the server does not answer: never waits longer than GOODBYE_MS. */
  override end(): Promise<void>
  override end(callback: (error: Error) => void): void
  override end(callback?: (error: Error) => void): Promise<void> | undefined {
    const timer = setTimeout(() => this.connection.stream.destroy(), GOODBYE_MS)
    const ended = super.end().finally(() => clearTimeout(timer))
    if (callback === undefined) return ended
    ended.then(() => callback(undefined as unknown as Error), callback)
  }
}

/**
 * A connected client, which the caller closes.
 * Throws UnreachableServerError, AuthenticationError, DatabaseMissingError, ConnectionRefusedByServerError, InvalidDatabaseUrlError,
 * UnusableDatabaseUrlError, InterruptedError.
 */
export async function connect(url: string, purpose: string, wait: ConnectWait = {}): Promise<Client> {
  const { signal, timeoutMs = CONNECT_TIMEOUT_MS } = wait
  const client = newClient(url, purpose, wait)
  if (signal?.aborted) throw new InterruptedError({ during: `before connecting to ${targetText(client.target)}` })
  const timer = timeoutMs > 0 && setTimeout(() => client.destroy(new NoAnswer(timeoutMs)), timeoutMs)
  try {
    await client.connect()
  } catch (error) {
    client.end().catch(() => {})
    throw error instanceof InterruptedError ? error : connectionError(error, client.target)
  } finally {
    if (timer) clearTimeout(timer)
  }
  return client
}

/** Nothing was answered within the time that there was. */
export class NoAnswer extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms < 1000 ? `${ms} ms` : `${ms / 1000} s`}`)
  }
}

function newClient(url: string, purpose: string, wait: ConnectWait): Client {
  takeApart('databaseUrl', url)
  try {
    return new Client(url, purpose, wait)
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
  return new UnreachableServerError({ target: place, detail: NETWORK[code] ?? detail }, error)
}

/** SQLSTATE of a server's error; undefined if something else failed: the connection, or a migration's own code. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}

/** Whether the server is shutting down or the connection is gone, so that no more statements can be sent on it. */
export function isConnectionLoss(client: Client, error: unknown): boolean {
  const state = sqlState(error)
  return state === undefined ? client.lost : /^(57P0[1-5]|25P0[34]|08)/.test(state)
}
