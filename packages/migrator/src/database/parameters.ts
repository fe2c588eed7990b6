/**
 * The parameters of a database URL that are supported, under libpq's names and with libpq's meaning (PostgreSQL manual, 34.1.2), and the
 * variables that stand for them where the URL does not say them. A parameter that is not in this list is refused by its name, so that
 * nobody believes in a setting that has no effect, if it is known from somewhere else (known-parameters.ts); a value is never repeated.
 */
import {
  UnsupportedParameterError,
  UnsupportedVariableError,
  UnusableParameterError,
  type UrlSource,
} from './errors.ts'
import { KNOWN_ELSEWHERE } from './known-parameters.ts'

interface Parameter {
  readonly variable?: string
  /** The values that it takes. Default: any text. */
  readonly takes?: readonly string[] | { readonly pattern: RegExp; readonly words: string }
}

const WHOLE = { pattern: /^\d{1,9}$/, words: 'a whole number' }
const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

const PARAMETERS = {
  host: {
    variable: 'PGHOST',
    takes: { pattern: /^\P{Cc}*$/u, words: 'names, addresses and folders of sockets, with commas between them' },
  },
  port: { variable: 'PGPORT' },
  user: { variable: 'PGUSER' },
  password: { variable: 'PGPASSWORD' },
  dbname: { variable: 'PGDATABASE' },
  target_session_attrs: {
    variable: 'PGTARGETSESSIONATTRS',
    takes: ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'],
  },
  connect_timeout: { variable: 'PGCONNECT_TIMEOUT', takes: WHOLE },
  keepalives: { takes: ['0', '1'] },
  keepalives_idle: { takes: WHOLE },
  application_name: {},
  options: { variable: 'PGOPTIONS' },
  // The driver reads and writes UTF-8 and nothing else.
  client_encoding: {
    variable: 'PGCLIENTENCODING',
    takes: { pattern: /^(utf-?8|auto)$/i, words: 'UTF8' },
  },
  sslmode: {
    variable: 'PGSSLMODE',
    takes: ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'],
  },
  sslnegotiation: { variable: 'PGSSLNEGOTIATION', takes: ['postgres', 'direct'] },
  sslrootcert: { variable: 'PGSSLROOTCERT' },
  sslcert: { variable: 'PGSSLCERT' },
  sslkey: { variable: 'PGSSLKEY' },
  sslpassword: {},
  sslcrl: { variable: 'PGSSLCRL' },
  ssl_min_protocol_version: { variable: 'PGSSLMINPROTOCOLVERSION', takes: TLS_VERSIONS },
  ssl_max_protocol_version: { variable: 'PGSSLMAXPROTOCOLVERSION', takes: TLS_VERSIONS },
  channel_binding: { variable: 'PGCHANNELBINDING', takes: ['disable', 'prefer', 'require'] },
  // Encryption with Kerberos is not supported, so it can only be declined.
  gssencmode: { variable: 'PGGSSENCMODE', takes: ['disable', 'prefer'] },
  // From URLs written for node-postgres: its way to ask for what is always so here.
  uselibpqcompat: { takes: ['true'] },
} as const satisfies Record<string, Parameter>

export type ParameterName = keyof typeof PARAMETERS
export type Parameters = Readonly<Partial<Record<ParameterName, string>>>

/** libpq takes these from the environment, and without them a connection would go elsewhere or be less protected than it was meant to be. */
const UNSUPPORTED_VARIABLES = [
  'PGSERVICE',
  'PGHOSTADDR',
  'PGREQUIREAUTH',
  'PGREQUIREPEER',
  'PGREQUIRESSL',
  'PGSSLCRLDIR',
  'PGSSLCERTMODE',
  'PGLOADBALANCEHOSTS',
]

export interface Given {
  readonly source: UrlSource
  /** What stands behind the "?" of the URL. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
  /** The parameters that other parts of the URL are. */
  readonly url: Parameters
  readonly env: NodeJS.ProcessEnv
}

/** As in libpq, the last of several values counts, and an empty value is none. Throws UnsupportedParameterError and the like. */
export function readParameters({ source, parameters, url, env }: Given): Parameters {
  const read: Partial<Record<ParameterName, string>> = { ...environment(env), ...url }
  for (const [at, [given, value]] of parameters.entries()) {
    const name = given === 'ssl' ? 'sslmode' : given
    if (!isSupported(name)) throw unsupported(source, given, at + 1)
    read[name] = name === given ? value : sslmodeOf(value)
    check(name, read[name], source)
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== ''))
}

function environment(env: NodeJS.ProcessEnv): Parameters {
  const variable = UNSUPPORTED_VARIABLES.find((name) => env[name])
  if (variable !== undefined) throw new UnsupportedVariableError({ variable })
  const read: Partial<Record<ParameterName, string>> = {}
  for (const [name, parameter] of Object.entries<Parameter>(PARAMETERS)) {
    const value = parameter.variable && env[parameter.variable]
    if (!value) continue
    check(name as ParameterName, value, parameter.variable)
    read[name as ParameterName] = value
  }
  return read
}

const isSupported = (name: string): name is ParameterName => Object.hasOwn(PARAMETERS, name)

/** libpq reads JDBC's `ssl=true` so; node-postgres has the others too. Another value is no value of sslmode, and is refused as such. */
const sslmodeOf = (value: string): string =>
  ['true', '1'].includes(value) ? 'require' : ['false', '0'].includes(value) ? 'disable' : `ssl=${value}`

/** In `?password=a&b=c` the name "b" may be a piece of the password whose "&" was not encoded, and so may any word that is nobody's parameter. */
function unsupported(source: UrlSource, name: string, number: number): UnsupportedParameterError {
  const parameter = KNOWN_ELSEWHERE.has(name) ? name : undefined
  return new UnsupportedParameterError({ source, parameter, number })
}

function check(name: ParameterName, value: string, source: string): void {
  const { takes }: Parameter = PARAMETERS[name]
  if (takes === undefined || value === '') return
  const isTaken = 'pattern' in takes ? takes.pattern.test(value) : takes.includes(value)
  if (isTaken) return
  throw new UnusableParameterError({
    source,
    parameter: name,
    takes: 'pattern' in takes ? takes.words : takes.join(', '),
  })
}
