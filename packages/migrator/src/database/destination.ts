/**
 * Where a connection goes and as whom: a URL, read once, with the PG* variables and the defaults for what it leaves out. What may be printed
 * are its fields; the password is a `#` field, so that nothing that prints an object's fields (JSON, inspect, a test's diff) prints it.
 */
import { userInfo } from 'node:os'
import type { ClientConfig } from 'pg'
import { type Encryption, encryptionsFor, sslModeOf } from './encryption.ts'
import { UnusableDatabaseUrlError, UnusableParameterError, type UrlSource } from './errors.ts'
import { type Parameters, readParameters } from './parameters.ts'
import type { SessionAttributes } from './session-attributes.ts'
import type { Server } from './target.ts'
import { isPort, takeApart, type UrlHost } from './url.ts'

/** One of the ways in which one of the servers is tried. */
export interface Route {
  readonly server: Server
  readonly encryption: Encryption
}

interface Given {
  readonly parameters: Parameters
  readonly servers: readonly Server[]
  /** Whether a password is looked up in `~/.pgpass` where none is given. */
  readonly usesPassfile: boolean
  /** The only encryption to try. Default: those of sslmode. */
  readonly encryption?: Encryption
}

const KEEPALIVE_IDLE_S = 10

export class Destination {
  readonly user: string
  readonly database: string
  /** Each is tried, in this order. */
  readonly servers: readonly Server[]
  readonly sessionAttributes: SessionAttributes
  /** 0 = wait for ever; undefined if neither the URL nor the environment says. */
  readonly connectTimeoutMs: number | undefined
  readonly #given: Given

  constructor(given: Given) {
    const { parameters, servers } = given
    this.user = parameters.user ?? operatingUser()
    this.database = parameters.dbname ?? this.user
    this.servers = servers
    this.sessionAttributes = (parameters.target_session_attrs ?? 'any') as SessionAttributes
    this.connectTimeoutMs = millisecondsOf(parameters.connect_timeout)
    this.#given = given
  }

  routesTo(server: Server): readonly Route[] {
    const { parameters, encryption } = this.#given
    return (encryption ? [encryption] : encryptionsFor(parameters, server.host)).map((one) => ({
      server,
      encryption: one,
    }))
  }

  /** The same by one way to one server, whatever that server has become since: for a second connection beside a first one. */
  only({ server, encryption }: Route): Destination {
    const { target_session_attrs: _any, ...parameters } = this.#given.parameters
    return new Destination({ ...this.#given, parameters, servers: [server], encryption })
  }

  /** pg's configuration for one way. It holds the password. Throws UnusableDatabaseUrlError. */
  async configFor({ server: { host, port }, encryption }: Route): Promise<ClientConfig> {
    const { parameters, usesPassfile } = this.#given
    const { user, database } = this
    const { password, options, application_name, keepalives, keepalives_idle, sslnegotiation, channel_binding } =
      parameters
    if (sslnegotiation === 'direct' && encryptionsFor(parameters, host).includes('none')) {
      const detail = `sslnegotiation=direct goes only with sslmode=require or a stricter one, not with ${sslModeOf(parameters, host)}`
      throw new UnusableDatabaseUrlError({ detail })
    }
    const ssl = encryption === 'tls' && (await import('./tls.ts')).tlsOptions(parameters, host)
    const fromFile = async () =>
      (usesPassfile && (await import('./passfile.ts')).passwordFromFile({ host, port, database, user })) || undefined
    return {
      host,
      port,
      user,
      database,
      // A function keeps pg from looking into the environment and the file by itself.
      password: password ?? (fromFile as () => Promise<string>),
      ssl,
      sslnegotiation: (ssl ? sslnegotiation : undefined) ?? 'postgres',
      enableChannelBinding: channel_binding !== undefined && channel_binding !== 'disable',
      keepAlive: keepalives !== '0',
      // A connection on which nothing comes is asked for a sign of life after this time.
      keepAliveInitialDelayMillis: Number(keepalives_idle ?? KEEPALIVE_IDLE_S) * 1000,
      ...(options && { options }),
      ...(application_name && { application_name }),
    } as ClientConfig
  }

  get requiresChannelBinding(): boolean {
    return this.#given.parameters.channel_binding === 'require'
  }
}

/**
 * `env`: whose PG* variables stand for what the URL leaves out. The embedded server is reached by its URL alone, without an environment.
 * Throws InvalidDatabaseUrlError, UnsupportedParameterError, UnusableParameterError, UnsupportedVariableError.
 */
export function readDestination(source: UrlSource, text: string, env: NodeJS.ProcessEnv | undefined): Destination {
  const { user, password, hosts, database, parameters: given } = takeApart(source, text)
  const url: Parameters = Object.fromEntries(
    Object.entries({
      user,
      password,
      dbname: database,
      host: listed(hosts, 'host'),
      port: listed(hosts, 'port'),
    }).filter(([, value]) => value !== ''),
  )
  const parameters = readParameters({ source, parameters: given, url, env: env ?? {} })
  return new Destination({ parameters, servers: serversOf(parameters, source), usesPassfile: env !== undefined })
}

/** '' if no host says it. */
function listed(hosts: readonly UrlHost[], part: keyof UrlHost): string {
  const values = hosts.map((one) => one[part])
  return values.every((value) => value === '') ? '' : values.join()
}

const DEFAULT = { host: 'localhost', port: '5432' }

/** One port is that of every host; several are paired with the hosts. */
function serversOf(parameters: Parameters, source: UrlSource): Server[] {
  const hosts = (parameters.host ?? '').split(',')
  const ports = (parameters.port ?? '').split(',')
  const refuse = (takes: string) => new UnusableParameterError({ source, parameter: 'port', takes })
  if (ports.length !== 1 && ports.length !== hosts.length) throw refuse('one port, or as many as there are hosts')
  return hosts.map((host, at) => {
    const port = (ports.length === 1 ? ports[0] : ports[at]) || DEFAULT.port
    if (!isPort(port)) throw refuse('a number from 1 to 65535')
    return { host: host || DEFAULT.host, port: Number(port) }
  })
}

/** As in libpq: whole seconds, 0 waits for ever, and 1 counts as 2. */
const millisecondsOf = (seconds: string | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds === '1' ? 2000 : Number(seconds) * 1000

function operatingUser(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}
