/**
 * What every failure that a person can meet is made of. Each room has its own classes in an errors.ts: what happened, both ends of it, and
 * what to do, with the command to run. A message is made from named fields and nowhere else, so that a test can pin it as the user
 * sees it, and a program reads the same fields.
 * The exit code belongs to the class: 1 findings, 2 wrong use or invalid workspace, 3 the database refused or failed, 4 no lock.
 */

export type ExitCode = 1 | 2 | 3 | 4

export abstract class MigratorError extends Error {
  abstract readonly exitCode: ExitCode
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** The two halves of a message, for a report that shows them apart, such as the findings of `check`. */
export interface Advice {
  /** What is wrong, with both ends of it. */
  readonly problem: string
  /** What to do, with the command to run. The message has it on a line of its own. */
  readonly remedy: string
}

/** A class of failures whose fields TypeScript knows. What has no fields is made without an argument. */
type FailureClass<Failure extends MigratorError, Fields extends object> = new (
  ...given: object extends Fields ? [fields?: Fields, cause?: unknown] : [fields: Fields, cause?: unknown]
) => Failure & Readonly<Fields>

interface Declare<Kind extends MigratorError> {
  <Fields extends object = object>(words: (fields: Fields, cause: unknown) => string): FailureClass<Kind, Fields>
  <Fields extends object = object>(
    words: (fields: Fields, cause: unknown) => Advice,
  ): FailureClass<Kind & Advice, Fields>
}

/**
 * Declares the failures of one kind, each by its fields and the message that is made of them:
 *
 *     export class UnknownDomainError extends usageError<{ domain: string }>(({ domain }) => `There is no domain "${domain}".`) {}
 *     throw new UnknownDomainError({ domain: 'shop' })
 *
 * A message that is given in two halves, `{ problem, remedy }`, leaves both on the error as well.
 */
export function failures<Kind extends MigratorError>(kind: abstract new (...given: any[]) => Kind): Declare<Kind> {
  const declare = <Fields extends object>(words: (fields: Fields, cause: unknown) => string | Advice) => {
    abstract class Failure extends (kind as abstract new (...given: any[]) => MigratorError) {
      constructor(fields: Fields, cause?: unknown) {
        const said = words(fields, cause)
        const message = typeof said === 'string' ? said : `${said.problem}\n${said.remedy}`
        super(message, cause === undefined ? undefined : { cause })
        Object.assign(this, fields, typeof said === 'string' ? {} : said)
      }
    }
    return Failure
  }
  // What Object.assign has put on it is known to nobody but the type that is promised here.
  return declare as unknown as Declare<Kind>
}

/** Lists at most `most` names, one a line, and says how many more there are. */
export function bulleted(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).map((name) => `  - ${name}`)
  if (names.length > most) shown.push(`  ... and ${names.length - most} more`)
  return shown.join('\n')
}

/** `1 migration`, `3 migrations`, `2 indexes`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** What a cause says, for a message that it is part of. */
export function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** Wrong use: nothing was looked at yet. */
export abstract class UsageError extends MigratorError {
  readonly exitCode = 2
}
export const usageError = failures(UsageError)

/** The files of the workspace are not as a plan needs them. */
export abstract class WorkspaceError extends MigratorError {
  readonly exitCode = 2
}
export const workspaceError = failures(WorkspaceError)

/** The database refused or failed. */
export abstract class DatabaseError extends MigratorError {
  readonly exitCode = 3
}
export const databaseError = failures(DatabaseError)

/** Somebody else holds a lock for too long. */
export abstract class LockError extends MigratorError {
  readonly exitCode = 4
}
export const lockError = failures(LockError)

export class InvalidOptionError extends usageError<{
  option: string
  value: string
  /** What the option takes: `a duration such as 500ms`. */
  expected: string
}>(({ option, value, expected }) => `${option} got "${value}"; it takes ${expected}.`) {}

/** The URL itself may hold a password: the message says only where it came from. */
export class InvalidDatabaseUrlError extends usageError<{ source: '--database-url' | 'DATABASE_URL' }>(
  ({ source }) =>
    `${source} is not a PostgreSQL URL. Write it as postgresql://user@host:5432/database; ` +
    'special characters in a password are percent-encoded.',
) {}

/** An optional peer of the migrator is asked for and not there. */
export class MissingPackageError extends usageError<{ package: string; version: string; neededFor: string }>(
  (fields) =>
    `The package ${fields.package} is not installed. It is for ${fields.neededFor}.\n` +
    `Production does without it. Where it is wanted, run: npm install --save-dev --save-exact ${fields.package}@${fields.version}`,
) {}
