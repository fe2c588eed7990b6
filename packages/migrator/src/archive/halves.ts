/** Which migrations share a version, and which files lack their other half. Pure. */
import type { LegacyFile } from './files.ts'
import { versionKey } from './order.ts'
import { pairsByVersion, type Scheme } from './schemes.ts'

export interface Duplicate {
  readonly scheme: Scheme
  /** Null for a version with several parts, which `version` has. */
  readonly number: number | null
  readonly version: string
  readonly titles: readonly string[]
}

/** Versions that several migrations of one scheme share. */
export function duplicatesIn(files: readonly LegacyFile[]): Duplicate[] {
  const versioned = files.filter(({ version }) => version !== null)
  return [...Map.groupBy(versioned, placeOf).values()].flatMap((own) => {
    const migrations = [...Map.groupBy(own, stemOf).values()].map(([first]) => first!)
    const { scheme, number, version } = migrations[0]!
    return migrations.length > 1
      ? [{ scheme, number, version: version!, titles: migrations.map(({ title, name }) => title || name) }]
      : []
  })
}

/** What only one migration should have. Flyway's V1, U1 and B1 are three places, as are Postgrator's do and undo, whatever their titles. */
function placeOf({ scheme, version, name, direction }: LegacyFile): string {
  const kind = scheme === 'flyway' ? name[0]!.toUpperCase() : scheme === 'postgrator' ? direction : ''
  return [scheme, kind, versionKey(version)].join(' ')
}

/** `001_users` and `01_users` are two migrations; the up file and the down file of a pair are one. */
const stemOf = ({ version, title }: LegacyFile): string => `${version} ${title}`

/** Names of up files without a down file, and of down files without an up file. */
export function unpairedIn(files: readonly LegacyFile[]): string[] {
  const known = new Set(files.map((file) => `${pairOf(file)} ${file.direction}`))
  return files
    .filter(
      (file) => file.direction !== 'single' && !partnersOf(file).some((one) => known.has(`${pairOf(file)} ${one}`)),
    )
    .map(({ name }) => name)
}

const partnersOf = ({ scheme, direction }: LegacyFile): readonly string[] => {
  if (direction === 'up') return ['down']
  // Flyway and Prisma have a down file for few of their migrations, so the other one is not called an up file.
  return scheme === 'flyway' || scheme === 'prisma' ? ['single'] : ['up']
}

const pairOf = ({ scheme, version, title }: LegacyFile): string =>
  [scheme, versionKey(version), pairsByVersion(scheme) ? '' : title].join(' ')
