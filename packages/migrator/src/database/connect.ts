/**
 * Destination → connection, with a separate error for each way in which connecting fails. A connection keeps its destination private, since
 * that holds the password: it can open another connection to the same server, and its `target`, which holds no password, may be printed.
 */
import { hostname, userInfo } from 'node:os'
import pg from 'pg'
import { InterruptedError } from '../errors.ts'
import { refuseUnboundLogin } from './channel-binding.ts'
import { connectionFailure, NoAnswer } from './connection-failure.ts'
import { type Destination, type Route, readDestination } from './destination.ts'
import type { Encryption } from './encryption.ts'
import { AuthenticationError, NoServerError, TlsError, UnreachableServerError } from './errors.ts'
import { TEXT_OF_VALUES } from './session.ts'
import { passesFor, type ServerState, unsuitable } from './session-attributes.ts'
import { type Server, serverText, type Target, targetText } from './target.ts'

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
/**
 * What the session begins with, whatever the role or the database says: the driver reads times in ISO alone, and the server must read the
 * first statement's strings as sql/lexer does. These go with the login, so they cost no round trip; they are of the few that a pooler passes on.
 */
const FIRST_SETTINGS = { DateStyle: TEXT_OF_VALUES.DateStyle, standard_conforming_strings: 'on' }
/** How long `end` waits for the server to close the connection before it closes the connection itself. */
const GOODBYE_MS = 1000

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
  /**
   * Whether a pooler stands between, which invents the process id that it gives to its client; undefined as long as no answer has shown it.
   */
  isPooled: boolean | undefined
  /** Whether the connection keeps the process alive: see owed.ts. */
  declare readonly ref: () => void
  declare readonly unref: () => void
  /** Why the connection has died, which is then the reason why statements on it fail. Undefined as long as it lives. */
  lostBy: Error | undefined
  get lost(): boolean {
    return this.lostBy !== undefined
  }
  /** How often the server has said, after an answer, that no transaction is open. */
  idles = 0
  /** What the server announced about itself when the connection was made, by PostgreSQL's names. */
  readonly #announced = new Map<string, string>()
  /** `#` fields, so that nothing that prints an object's fields (JSON, inspect, a test's diff) prints the password. */
  readonly #destination: Destination
  readonly #timeoutMs: number | undefined

  /** The client is not connected yet. `config`: the destination's, for `route`. */
  constructor(config: pg.ClientConfig, { destination, route, purpose, wait }: Opening) {
    super({
      // PostgreSQL cuts the name at 63 bytes. Messages about a lock name its holder by it.
      application_name: `veza-migrator ${purpose} ${operator()}`.slice(0, 63),
      ...config,
      pipeline: true,
    })
    this.#destination = destination.only(route)
    this.#timeoutMs = wait.timeoutMs
    this.target = { ...route.server, database: destination.database, user: destination.user }
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
      this.#announced.set(parameterName, parameterValue)
    })
    if (destination.requiresChannelBinding) refuseUnboundLogin(this)
  }

  /** The driver asks this for what it sends with the login. */
  getStartupConf(): Record<string, string> {
    // @ts-expect-error the driver's types do not have it
    return { ...super.getStartupConf(), ...FIRST_SETTINGS }
  }

  /** Since PostgreSQL 14 a server announces what is asked here; a pooler may not pass it on, and is asked. */
  async serverState(): Promise<ServerState> {
    const [standby, readOnly] = ['in_hot_standby', 'default_transaction_read_only'].map((name) =>
      this.#announced.get(name),
    )
    if (standby !== undefined && readOnly !== undefined)
      return { isStandby: standby === 'on', isReadOnly: readOnly === 'on' }
    const sql = `select pg_is_in_recovery() as "isStandby", current_setting('default_transaction_read_only') = 'on' as "isReadOnly"`
    return (await this.query<ServerState>(sql)).rows[0] as ServerState
  }

  /**
   * A second connection to the same database of the same server as the same user, even if this one has died. The caller closes it.
   * `purpose` is a word that the operator sees in pg_stat_activity. Waits as long as this one did, unless `wait` says otherwise.
   * Throws what `connect` throws.
   */
  another(purpose: string, wait: ConnectWait = {}): Promise<Client> {
    return connect(this.#destination, purpose, { timeoutMs: this.#timeoutMs, ...wait })
  }

  /** Ends the connection at once, without a word to the server. What is under way on it fails with `why`. */
  destroy(why: Error): void {
    this.connection.stream.destroy(why)
  }

  /**
   * Nothing on this connection is waited for any longer than `graceMs` after the signal was aborted. If it was made, it emits `abandoned`
   * then.
   */
  #endOn({ signal, graceMs = 0 }: ConnectWait): void {
    let isOpen = false
    let timer: NodeJS.Timeout | undefined
    const abort = () => {
      const during = isOpen ? 'while the database was asked' : `while connecting to ${targetText(this.target)}`
      const giveUp = () => {
        this.destroy(new InterruptedError({ during }))
        if (isOpen) this.emit('abandoned')
      }
      timer = setTimeout(giveUp, isOpen ? graceMs : 0)
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

  /**
   * Says goodbye and does not wait until the server has closed the connection, which would be one more round trip in which nothing is
   * learned. Only when everything that was sent has been answered. The process may end before the server hears of it.
   */
  leave(): void {
    super.end().catch(() => {})
    this.unref()
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

/** What one attempt to connect is made of. */
interface Opening {
  readonly destination: Destination
  readonly route: Route
  /** A word that the operator sees in pg_stat_activity. */
  readonly purpose: string
  readonly wait: ConnectWait
}

/**
 * A connected client, which the caller closes: to the first server of the destination that answers and is what target_session_attrs wants.
 * A URL as text is the whole destination: the environment has no say in it.
 * Throws UnreachableServerError, AuthenticationError, DatabaseMissingError, ConnectionRefusedByServerError, TlsError, NoServerError,
 * InterruptedError, and what readDestination throws.
 */
export async function connect(to: string | Destination, purpose: string, wait: ConnectWait = {}): Promise<Client> {
  const destination = typeof to === 'string' ? readDestination('databaseUrl', to, undefined) : to
  const { servers, sessionAttributes, database } = destination
  const timeoutMs = wait.timeoutMs ?? destination.connectTimeoutMs
  const refused = new Map<string, string>()
  for (const wanted of passesFor(sessionAttributes)) {
    for (const server of servers) {
      const target = `${serverText(server)}/${database}`
      try {
        const client = await connectTo(server, destination, purpose, { ...wait, timeoutMs })
        const why = wanted === 'any' ? undefined : unsuitable(wanted, await client.serverState())
        if (why === undefined) return client
        await client.end()
        refused.set(target, why)
      } catch (error) {
        // As libpq: a server that answers and refuses ends the search, since the next one would be asked for the same in vain.
        if (servers.length === 1 || !(error instanceof UnreachableServerError)) throw error
        refused.set(target, error.detail)
      }
    }
  }
  throw new NoServerError({
    wanted: sessionAttributes,
    servers: Array.from(refused, ([target, why]) => ({ target, why })),
  })
}

/** Tries the ways to one server, one after the other. */
async function connectTo(
  server: Server,
  destination: Destination,
  purpose: string,
  wait: ConnectWait,
): Promise<Client> {
  const failed: Partial<Record<Encryption, unknown>> = {}
  for (const route of destination.routesTo(server)) {
    try {
      return await open({ destination, route, purpose, wait })
    } catch (error) {
      if (!isDecidedByEncryption(error)) throw error
      failed[route.encryption] = error
    }
  }
  // What a server says over TLS is nearer to what it wants than that it takes nobody without, unless it has no TLS at all.
  const lacksTls = failed.tls instanceof TlsError && failed.tls.failure === 'none'
  throw (lacksTls ? failed.none : failed.tls) ?? failed.tls ?? failed.none
}

/** A server that lets nobody in without TLS, or nobody with TLS, may do so the other way; a wrong password is wrong both ways. */
const isDecidedByEncryption = (error: unknown): boolean =>
  error instanceof TlsError || (error instanceof AuthenticationError && error.sqlState === '28000')

async function open(opening: Opening): Promise<Client> {
  const config = await opening.destination.configFor(opening.route)
  const { signal, timeoutMs = CONNECT_TIMEOUT_MS } = opening.wait
  const client = new Client(config, opening)
  if (signal?.aborted) throw new InterruptedError({ during: `before connecting to ${targetText(client.target)}` })
  const timer = timeoutMs > 0 && setTimeout(() => client.destroy(new NoAnswer(timeoutMs)), timeoutMs)
  try {
    await client.connect()
  } catch (error) {
    client.end().catch(() => {})
    throw error instanceof InterruptedError ? error : connectionFailure(error, client.target)
  } finally {
    if (timer) clearTimeout(timer)
  }
  client.unref()
  return client
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
