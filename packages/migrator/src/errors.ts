/**
 * The base of every error that a person can see. Each folder has its own classes in an errors.ts. A message says what happened, names both
 * sides of a contradiction, and says what to do, with the command to run. It is made only from the error's named fields, so that a test can
 * compare the text that the user sees and a program can read the fields.
 * The exit code belongs to the class: 1 findings, 2 wrong use or invalid workspace, 3 the database refused or failed, 4 no lock.
 */

import { printableLine } from './printable.ts'
import { thrownText } from './thrown.ts'

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
  /** What is wrong, with both sides of a contradiction. */
  readonly problem: string
  /** What to do, with the command to run. In the message it begins on a new line. */
  readonly remedy: string
}

/** What every error has. A field of the same name would hide it, and a program would read a value instead of the class's name. */
export const RESERVED_FIELDS = ['name', 'message', 'stack', 'cause', 'exitCode', 'code'] as const
type Without<Reserved extends string> = object & { readonly [Name in Reserved]?: never }
type Unreserved = Without<(typeof RESERVED_FIELDS)[number]>
type UnreservedBesideAdvice = Unreserved & Without<keyof Advice>

/** A class of errors whose fields TypeScript knows. An error without fields is made without an argument. */
type FailureClass<Failure extends MigratorError, Fields extends object> = new (
  ...given: object extends Fields ? [fields?: Fields, cause?: unknown] : [fields: Fields, cause?: unknown]
) => Failure & Readonly<Fields>

interface Declare<Kind extends MigratorError> {
  <Fields extends Unreserved = object>(words: (fields: Fields, cause: unknown) => string): FailureClass<Kind, Fields>
  <Fields extends UnreservedBesideAdvice = object>(
    words: (fields: Fields, cause: unknown) => Advice,
  ): FailureClass<Kind & Advice, Fields>
}

/**
 * Returns a function that declares error classes of one kind, each by its fields and the message that is made from them:
 *
 *     export class UnknownDomainError extends usageError<{ domain: string }>(({ domain }) => `There is no domain "${domain}".`) {}
 *     throw new UnknownDomainError({ domain: 'shop' })
 *
 * If the message is given in two halves, `{ problem, remedy }`, the error has both as fields too.
 */
export function failures<Kind extends MigratorError>(kind: abstract new (...given: any[]) => Kind): Declare<Kind> {
  const declare = <Fields extends object>(words: (fields: Fields, cause: unknown) => string | Advice) => {
    abstract class Failure extends (kind as abstract new (...given: any[]) => MigratorError) {
      constructor(fields: Fields, cause?: unknown) {
        const said = words(fields, cause)
        const message = typeof said === 'string' ? said : `${said.problem}\n${said.remedy}`
        super(message, cause === undefined ? undefined : { cause })
        Object.assign(this, unreserved(fields), typeof said === 'string' ? {} : said)
      }
    }
    return Failure
  }
  // TypeScript cannot see the fields that Object.assign adds, so their type is stated here.
  return declare as unknown as Declare<Kind>
}

/** A type cannot see what else a value has that was given as the fields. */
const unreserved = (fields: object | undefined): object =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([field]) => !RESERVED_FIELDS.some((name) => name === field)))

/** Lists at most `most` names, one on each line, and says how many more there are. */
export function bulleted(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).map((name) => `  - ${printableLine(name)}`)
  if (names.length > most) shown.push(`  ... and ${names.length - most} more`)
  return shown.join('\n')
}

/** `1 migration`, `3 migrations`, `2 indexes`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** The text of a cause, for use inside a message. */
export const reason = thrownText

/** The command or its options are wrong. */
export abstract class UsageError extends MigratorError {
  readonly exitCode = 2
}
export const usageError = failures(UsageError)

/** The files of the workspace are not valid, so that no plan can be made. */
export abstract class WorkspaceError extends MigratorError {
  readonly exitCode = 2
}
export const workspaceError = failures(WorkspaceError)

/** The database refused or failed. */
export abstract class DatabaseError extends MigratorError {
  readonly exitCode = 3
}
export const databaseError = failures(DatabaseError)

/** Ctrl-C, SIGTERM, SIGHUP or the signal of a caller, before anything was changed. A run that may have changed something says so itself. */
export class InterruptedError extends databaseError<{
  /** `while connecting to 127.0.0.1:5432/veza`. */
  during: string
}>(({ during }) => `Interrupted ${during}: nothing applied, no database was changed.`) {}

/** The code of a migration has ended the command from outside of what is awaited: by process.exit, or by an error in a timer. */
export class StrayMigrationError extends databaseError<{
  /** Undefined if it is not known which migration it was. */
  id: string | undefined
  /** `called process.exit(0), ...`: what comes behind "the migration". */
  what: string
}>(({ id, what }) => `${id ?? 'A migration, or a module that it imports,'} ${what}.`) {}

/** Whether an error is the reason for which the whole command ends. It is not worded again on its way. */
export const endsCommand = (error: unknown): error is InterruptedError | StrayMigrationError =>
  error instanceof InterruptedError || error instanceof StrayMigrationError

/** Another session holds a lock for too long. */
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

/** A verb needs an optional peer dependency of the migrator that is not installed. */
export class MissingPackageError extends usageError<{ package: string; version: string; neededFor: string }>(
  (fields) =>
    `The package ${fields.package} is not installed. It is for ${fields.neededFor}.\n` +
    `Production does without it. Where it is wanted, run: npm install --save-dev --save-exact ${fields.package}@${fields.version}`,
) {}

/** A file that a verb was asked for could not be written. `problem` is the message of the operating system. */
export class OutputFileError extends usageError<{ file: string; problem: string }>(
  ({ file, problem }) => `${file} cannot be written: ${problem}.`,
) {}
