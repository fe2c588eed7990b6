/** What the name of a migration's file says, by the naming scheme that it follows. Pure. */

/** How the tools of the trade name their files, with one example each. The order is that of the groups in a manifest. */
export const SCHEMES = {
  number: { example: '001_users.sql', tools: 'golang-migrate, goose, Drizzle' },
  postgrator: { example: '001.do.users.sql', tools: 'Postgrator' },
  timestamp: { example: '20240131120000_users.sql', tools: 'Rails, dbmate, Supabase, sqlx' },
  flyway: { example: 'V1.2__users.sql', tools: 'Flyway' },
  prisma: { example: '20240131120000_users/migration.sql', tools: 'Prisma' },
  diesel: { example: '2024-01-31-120000_users/up.sql', tools: 'Diesel' },
} as const

export type Scheme = keyof typeof SCHEMES
export const schemeNames = Object.keys(SCHEMES) as Scheme[]

/** Whether the two halves of a pair share the version alone, and may have different titles. */
export const pairsByVersion = (scheme: Scheme): boolean => scheme === 'flyway' || scheme === 'postgrator'

type Direction = 'up' | 'down' | 'single'

export interface Naming {
  readonly scheme: Scheme
  /** As it is written: `012`, `1.2.3`, `2024-01-31-120000`; null for Flyway's repeatable files, which have none. */
  readonly version: string | null
  /** `add_index`: what a person called it; '' where only the version stands there. */
  readonly title: string
  readonly direction: Direction
}

const VERSION = String.raw`(?<version>\d{4}-\d\d-\d\d(?:-\d{4,6})?|\d+)`
const SQL = String.raw`\.sql$`

const PATTERNS: readonly (readonly [Scheme | 'version', RegExp])[] = [
  // Flyway: V = versioned, B = baseline, U = undo, R = repeatable.
  ['flyway', new RegExp(String.raw`^(?<kind>[VBU])(?<version>\d+(?:[._]\d+)*)__(?<title>[^/\\]*)${SQL}`, 'i')],
  ['flyway', new RegExp(String.raw`^(?<kind>R)__(?<title>[^/\\]+)${SQL}`, 'i')],
  ['prisma', new RegExp(String.raw`^${VERSION}[_-](?<title>[^/\\]+)\/(?<kind>migration)${SQL}`, 'i')],
  ['diesel', new RegExp(String.raw`^${VERSION}[_-](?<title>[^/\\]+)\/(?<kind>up|down)${SQL}`, 'i')],
  ['postgrator', new RegExp(String.raw`^(?<version>\d+)\.(?<kind>do|undo)(?:\.(?<title>[^/\\]+))?${SQL}`, 'i')],
  ['postgrator', new RegExp(String.raw`^(?<version>\d+)[_-](?<title>[^/\\]+)\.(?<kind>do|undo)${SQL}`, 'i')],
  ['version', new RegExp(String.raw`^${VERSION}(?:[_-](?<title>[^/\\]+?))?(?:\.(?<kind>up|down))?${SQL}`, 'i')],
]

const DIRECTIONS: Readonly<Record<string, Direction>> = { up: 'up', do: 'up', down: 'down', undo: 'down', u: 'down' }

/** `name`: relative to the folder of the migrations, with `/`. Undefined if it follows no scheme. */
export function namingOf(name: string): Naming | undefined {
  for (const [scheme, pattern] of PATTERNS) {
    const parts = pattern.exec(name)?.groups
    if (parts === undefined) continue
    const { version = null, title = '', kind = '' } = parts
    return {
      scheme: scheme === 'version' ? (isStamp(version!) ? 'timestamp' : 'number') : scheme,
      version,
      title,
      direction: DIRECTIONS[kind.toLowerCase()] ?? 'single',
    }
  }
  return undefined
}

/** A folder that holds one migration: `20240131120000_users`. */
export const isMigrationFolder = (name: string): boolean => namingOf(`${name}/up.sql`) !== undefined

/** From here on a number is a date, or seconds since 1970: between two of them no migration is missing. */
export const FIRST_DATE = 10_000_000

const isStamp = (version: string): boolean =>
  version.includes('-') || Number(version) >= FIRST_DATE || version.length >= 14

/** The version as one whole number; null if it has several parts, or more digits than JSON can hold exactly. */
export function numberOf(version: string | null): number | null {
  const number = Number(version?.replaceAll('-', ''))
  return version !== null && Number.isSafeInteger(number) ? number : null
}
