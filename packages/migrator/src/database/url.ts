/**
 * The text of a database URL, taken apart as libpq takes it apart (PostgreSQL manual, 34.1.1.2), and refused where parsers disagree about
 * it: in `postgresql://me:pa/ss@host/db` one of them sees the host `me`, and would print it with a part of the password. So nothing of a
 * text is printed unless it has come through here, and a refusal names only where the text came from.
 */
import { isIPv6 } from 'node:net'
import { InvalidDatabaseUrlError, type UrlFlaw, type UrlSource } from './errors.ts'

/** A host and its port as they stand in the URL; '' where the URL leaves one out. */
interface UrlHost {
  readonly host: string
  readonly port: string
}

/** The parts of a URL, decoded; '' where the URL leaves one out. */
export interface UrlParts {
  readonly user: string
  readonly password: string
  readonly hosts: readonly UrlHost[]
  readonly database: string
  /** In the order of the URL. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

const SCHEME = /^postgres(?:ql)?:\/\//
/** Spaces, line breaks and control characters: they come from a file or a copied line more often than from a password. */
const INVISIBLE = /[\s\p{Cc}]/u

/** Throws InvalidDatabaseUrlError. */
export function takeApart(source: UrlSource, text: string): UrlParts {
  const parts = partsOf(text)
  if (typeof parts === 'string') throw new InvalidDatabaseUrlError({ source, flaw: parts })
  return parts
}

function partsOf(text: string): UrlParts | UrlFlaw {
  if (!SCHEME.test(text)) return 'scheme'
  if (INVISIBLE.test(text)) return 'invisible'
  const rest = text.replace(SCHEME, '')
  const [beforeQuery, query] = cut(rest, '?')
  const [authority, path] = cut(beforeQuery, '/')
  const [hosts, userinfo] = authority.includes('@') ? cut(authority, '@').toReversed() : [authority, '']
  // In all these places an "@" or "#" may be the password's own, and so may everything around it.
  if (text.includes('#') || [hosts, path, query].some((part) => part!.includes('@'))) return 'delimiter'
  const [user, password] = cut(userinfo!, ':')
  const decoded = [user, password, path].map(decode)
  const parameters = parametersOf(query)
  if (decoded.includes(undefined) || parameters === undefined) return 'percent'
  const places = hosts!.split(',').map(hostOf)
  const wrong = places.find((place) => typeof place === 'string')
  if (wrong !== undefined) return wrong
  return {
    user: decoded[0]!,
    password: decoded[1]!,
    database: decoded[2]!,
    hosts: places as UrlHost[],
    parameters,
  }
}

/** What stands before and after the first `mark`. */
function cut(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)]
}

/** Undefined for a % that does not begin an encoded character of UTF-8, and for %00, which PostgreSQL has no place for. */
function decode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text)
    return decoded.includes('\0') ? undefined : decoded
  } catch {
    return undefined
  }
}

/** A "+" stands for itself, as it does for libpq; a form of a web page would read it as a space. */
function parametersOf(query: string): [string, string][] | undefined {
  const read = query === '' ? [] : query.split('&').map((one) => cut(one, '=').map(decode))
  return read.flat().includes(undefined) ? undefined : (read as [string, string][])
}

/** `db.example:5432`, `[::1]`, `%2Frun%2Fpostgresql`, `:5433`. */
function hostOf(text: string): UrlHost | UrlFlaw {
  const [, bracketed, plain = '', port = ''] = /^(?:\[([^[\]]*)\]|([^[\]:]*))(?::([^:]*))?$/.exec(text) ?? [
    undefined,
    '[',
  ]
  if (bracketed !== undefined && !isIPv6(bracketed)) return 'host'
  if (port !== '' && !isPort(port)) return 'port'
  const host = bracketed ?? decode(plain)
  if (host === undefined) return 'percent'
  return /\p{Cc}/u.test(host) ? 'host' : { host, port }
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
