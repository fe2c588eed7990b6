/**
 * The two databases that --compare means. Each is a URL, or an environment variable that holds one: any user of a machine can read the
 * arguments of every process in it, so that a URL with a password is better in a variable.
 */
import type { UrlSource } from '../database/errors.ts'
import type { CommonOptions } from '../verb.ts'
import {
  ComparedDatabaseCountError,
  ComparedValueError,
  ComparedVariableError,
  ConflictingOptionsError,
} from './errors.ts'
import type { GivenUrl } from './with-database.ts'

export interface ComparedDatabases {
  /** Undefined: the database that a verb has without --compare. */
  readonly first: GivenUrl | undefined
  readonly second: GivenUrl
}

/** Throws ComparedDatabaseCountError, ComparedValueError, ComparedVariableError, ConflictingOptionsError. */
export function comparedDatabases(
  values: readonly string[],
  { databaseUrl }: CommonOptions,
  env: NodeJS.ProcessEnv,
): ComparedDatabases {
  if (values.length > 2) throw new ComparedDatabaseCountError({ count: values.length })
  if (values.length === 2 && databaseUrl !== undefined)
    throw new ConflictingOptionsError({ options: ['--database-url', '--compare with two databases'] })
  const given = values.map((value) => givenBy(value, env))
  return { first: given.length === 2 ? given[0] : undefined, second: given.at(-1)! }
}

/** The variable that the first database comes from, if a variable says it. */
export const firstVariable = (first: GivenUrl | undefined, { databaseUrl }: CommonOptions): string | undefined =>
  first === undefined ? (databaseUrl === undefined ? 'DATABASE_URL' : undefined) : first.variable

function givenBy(value: string, env: NodeJS.ProcessEnv): GivenUrl {
  if (value.includes('://')) return { source: '--compare', text: value, variable: undefined }
  const text = /^[A-Za-z_]\w*$/.test(value) ? env[value] : undefined
  if (text) return { source: `the variable ${value}` satisfies UrlSource, text, variable: value }
  // A word that does not look like a variable may be a piece of a URL, and so of a password.
  if (/^[A-Z][A-Z0-9_]*$/.test(value)) throw new ComparedVariableError({ variable: value })
  throw new ComparedValueError()
}
