/**
 * The text of a database URL, taken apart as libpq takes it apart (PostgreSQL manual, 34.1.1.2), and refused where parsers disagree about
 * it: in `postgresql://me:pa/ss@host/db` one of them sees the host `me`, and would print it with a part of the password. So nothing of a
 * text is printed unless it has come through here, and a refusal names only where the text came from.
 * Names are read by pg's own parser, one host at a time, since it knows no lists (docs/decisions/0009-connection-strings.md).
 */
import { parse } from 'pg-connection-string'
import { InvalidDatabaseUrlError, type UrlFlaw, type UrlSource } from './errors.ts'

/** A host and its port as they stand in the URL; '' where the URL leaves one out. */
export interface UrlHost {
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
  const [hosts, userinfo] = authority.includes('@')
    ? (cut(authority, '@').toReversed() as [string, string])
    : [authority, '']
  // In all these places an "@" or "#" may be the password's own, and so may everything around it.
  if (text.includes('#') || [hosts, path, query].some((part) => part.includes('@'))) return 'delimiter'
  // PostgreSQL has no place for the character 0.
  if (/%(?![0-9a-f]{2})|%00/i.test(text)) return 'percent'
  try {
    const places = hosts.split(',').map((place) => readPlace(userinfo, place))
    const flaw = places.find((place) => typeof place === 'string')
    if (flaw !== undefined) return flaw
    const [{ user, password }] = places as [Place]
    const parameters = query === '' ? [] : query.split('&').map((one) => pair(cut(one, '=').map(decodeURIComponent)))
    return {
      user,
      password,
      hosts: (places as Place[]).map(({ host, port }) => ({ host, port })),
      database: decodeURIComponent(path),
      parameters,
    }
  } catch {
    // What is left to fail is an encoded character that is none in UTF-8.
    return 'percent'
  }
}

/** What stands before and after the first `mark`. */
function cut(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)]
}

const pair = (texts: readonly string[]) => texts as unknown as readonly [string, string]

interface Place extends UrlHost {
  readonly user: string
  readonly password: string
}

/** `place`: `db.example:5432`, `[::1]`, `%2Frun%2Fpostgresql`, `:5433`. */
function readPlace(userinfo: string, place: string): Place | UrlFlaw {
  const [, named, port = ''] = /^(\[[^[\]]*\]|[^[\]:]*)(?::([^:]*))?$/.exec(place) ?? []
  if (named === undefined) return 'host'
  if (port !== '' && !isPort(port)) return 'port'
  // The parser refuses a user or a port beside no host, which libpq takes for its default host.
  const {
    user = '',
    password = '',
    host,
  } = parsedByPg(`postgresql://${userinfo}@${named || 'localhost'}/`) ?? { host: null }
  if (host === null || /\p{Cc}/u.test(host)) return 'host'
  return { user, password, host: named && host, port }
}

/** Undefined for a host that is none. Throws URIError for an encoded character that is none. */
function parsedByPg(url: string): ReturnType<typeof parse> | undefined {
  try {
    return parse(url)
  } catch (error) {
    if (error instanceof URIError) throw error
    return undefined
  }
}

export const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
