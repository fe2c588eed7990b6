/** How a report calls the two databases: `staging`, `production`. Pure. */
import { type Target, targetText } from '../../database/target.ts'

export interface Named {
  readonly target: Target
  /** The environment variable that held the URL. */
  readonly variable: string | undefined
}

export interface SideNames {
  readonly a: string
  readonly b: string
}

/** By the variables if they say a name, else by the databases, else by the servers; the last resort is `first` and `second`. */
export function sideNames(a: Named, b: Named): SideNames {
  const ways: readonly ((one: Named) => string)[] = [
    ({ variable, target }) => nameIn(variable) ?? target.database,
    ({ target }) => target.database,
    ({ target }) => targetText(target),
  ]
  for (const way of ways) if (way(a) !== way(b)) return { a: way(a), b: way(b) }
  return { a: `${targetText(a.target)} (first)`, b: `${targetText(b.target)} (second)` }
}

const URL_WORDS = /^(?:DATABASE_)?(?:URL|URI|DSN)(?:_|$)|_?(?:DATABASE_)?(?:URL|URI|DSN)$/

/** `STAGING_DATABASE_URL` and `DATABASE_URL_STAGING` are staging; DATABASE_URL says no name. */
function nameIn(variable: string | undefined): string | undefined {
  const name = variable?.replace(URL_WORDS, '').toLowerCase().replaceAll('_', ' ')
  return name === '' || name === 'database' ? undefined : name
}
