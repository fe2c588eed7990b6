/**
 * The URLs on a command line are taken out of what is said about that command line: a mistyped option or a URL in the wrong place is
 * repeated by the message about it, and may hold a password. Pure.
 */

/**
 * Of any scheme, since the scheme may be mistyped too, or without one, `user:secret@db`; or the other form that libpq knows,
 * `host=db password=secret`.
 */
const A_URL = /(?:[a-z][\w+.-]*:\/\/|password *=|[^\s=:@/]*:[^@]*@).*$/is
const INSTEAD = '(a URL, not repeated here)'

/** Returns the text without the URLs that `argv` holds, also where they were taken for paths, which joins their slashes. */
export function withoutUrls(argv: readonly string[], text: string): string {
  const urls = argv.flatMap((word) => A_URL.exec(word)?.[0] ?? [])
  return urls
    .flatMap((url) => [url, url.replaceAll(/\/+/g, '/')])
    .reduce((rest, url) => rest.replaceAll(url, INSTEAD), text)
}

/** The same for every text in a JSON document. */
export function documentWithoutUrls<Document>(argv: readonly string[], document: Document): Document {
  const replaced = (_key: string, value: unknown) => (typeof value === 'string' ? withoutUrls(argv, value) : value)
  return JSON.parse(JSON.stringify(document, replaced))
}
