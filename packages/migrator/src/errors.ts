/**
 * Every failure that a person can meet, one class each: what happened, both ends of it, and what to do, with the command to run.
 * A message is built here from named fields and nowhere else, so that a test can pin it as the user sees it.
 * The exit code belongs to the class: 1 findings, 2 wrong use or invalid workspace, 3 the database refused or failed, 4 no lock.
 */

export type ExitCode = 1 | 2 | 3 | 4

export abstract class MigratorError extends Error {
  abstract readonly exitCode: ExitCode
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
  }
}

/** Lists at most `most` names, one a line, and says how many more there are. */
export function bulleted(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).map((name) => `  - ${name}`)
  if (names.length > most) shown.push(`  ... and ${names.length - most} more`)
  return shown.join('\n')
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

// ---------------------------------------------------------------- wrong use

export abstract class UsageError extends MigratorError {
  readonly exitCode = 2
}

export class InvalidOptionError extends UsageError {
  constructor(fields: { option: string; value: string; expected: string }) {
    super(`${fields.option} got "${fields.value}"; it takes ${fields.expected}.`)
    Object.assign(this, fields)
  }
}

export class ConflictingOptionsError extends UsageError {
  constructor(fields: { options: readonly string[] }) {
    super(`${fields.options.join(' and ')} exclude each other: give one of them.`)
    Object.assign(this, fields)
  }
}

export class InvalidDatabaseUrlError extends UsageError {
  constructor(fields: { source: string }) {
    // The URL itself may hold a password, so it is not repeated.
    super(
      `${fields.source} is not a PostgreSQL URL. Write it as postgresql://user@host:5432/database; ` +
        'special characters in a password are percent-encoded.',
    )
    Object.assign(this, fields)
  }
}

export class UnusableDatabaseUrlError extends UsageError {
  constructor(fields: { detail: string }, cause: unknown) {
    super(
      `The database URL asks for something that is not to be had: ${fields.detail}\n` +
        'Check the options behind the "?" in --database-url or DATABASE_URL.',
      { cause },
    )
    Object.assign(this, fields)
  }
}

export class UnknownMigrationError extends UsageError {
  constructor(fields: { id: string; similar: readonly string[] }) {
    const hint = fields.similar.length > 0 ? ` Did you mean:\n${bulleted(fields.similar, 5)}\n` : '\n'
    super(`There is no migration "${fields.id}".${hint}All of them: npx nx run migrator:plan`)
    Object.assign(this, fields)
  }
}

export class UnknownDomainError extends UsageError {
  constructor(fields: { domain: string; known: readonly string[] }) {
    super(`There is no domain "${fields.domain}". The domains are: ${fields.known.join(', ')}.`)
    Object.assign(this, fields)
  }
}

export class IrreversibleError extends UsageError {
  constructor(fields: { id: string; reason: string; requested: string }) {
    super(
      `${fields.id} is irreversible, and ${fields.requested} would have to revert it. Nothing was reverted.\n` +
        `Its reason: ${fields.reason}\n` +
        `Stop after it with: npx nx run migrator:down --to ${fields.id}`,
    )
    Object.assign(this, fields)
  }
}

export class ConfirmationRequiredError extends UsageError {
  constructor() {
    super('down asks before it drops anything, and there is no terminal to ask on. Say --yes if you mean it.')
  }
}

export class NotConfirmedError extends UsageError {
  constructor() {
    super('Not confirmed: nothing was reverted.')
  }
}

// ---------------------------------------------------------------- the workspace

export abstract class WorkspaceError extends MigratorError {
  readonly exitCode = 2
}

export class WorkspaceNotFoundError extends WorkspaceError {
  constructor(fields: { from: string }) {
    super(
      `No npm workspace at or above ${fields.from}: a package.json with "workspaces" was looked for.\n` +
        'Run this inside the repository, or name it with --workspace DIR.',
    )
    Object.assign(this, fields)
  }
}

export class NoDomainsError extends WorkspaceError {
  constructor(fields: { root: string }) {
    super(
      `No domain in ${fields.root}: no workspace package has the Nx tag "kind:domain".\n` +
        'Add "nx": { "tags": ["kind:domain"] } to the package.json of each package that owns tables.',
    )
    Object.assign(this, fields)
  }
}

export class UnreadablePackageError extends WorkspaceError {
  constructor(fields: { file: string }, cause: unknown) {
    super(`${fields.file} cannot be read as JSON: ${reason(cause)}`, { cause })
    Object.assign(this, fields)
  }
}

export class DomainNameError extends WorkspaceError {
  constructor(fields: { folder: string }) {
    super(
      `The domain folder ${fields.folder} has no valid name: it must be <name>-schema, the name in lower-case letters and ` +
        'digits, beginning with a letter (packages/chat2-schema is the domain chat2).',
    )
    Object.assign(this, fields)
  }
}

export class DuplicateDomainError extends WorkspaceError {
  constructor(fields: { domain: string; folders: readonly string[] }) {
    super(`Two folders are the domain "${fields.domain}": ${fields.folders.join(' and ')}. Rename one of them.`)
    Object.assign(this, fields)
  }
}

export class DependencyNotDomainError extends WorkspaceError {
  constructor(fields: { domain: string; dependency: string; manifest: string }) {
    super(
      `The domain ${fields.domain} depends on ${fields.dependency}, which is no domain of this workspace.\n` +
        `A domain may depend only on domains and on packages from outside. Remove it from "dependencies" in ${fields.manifest}, ` +
        'or give that package the Nx tag "kind:domain".',
    )
    Object.assign(this, fields)
  }
}

export class DomainCycleError extends WorkspaceError {
  constructor(fields: { path: readonly string[] }) {
    super(
      `The domains depend on each other in a circle: ${fields.path.join(' -> ')}.\n` +
        'No order can build them. Remove one of these dependencies from its package.json; ' +
        'what both sides need belongs to the domain below them.',
    )
    Object.assign(this, fields)
  }
}

export class MigrationFileNameError extends WorkspaceError {
  constructor(fields: { file: string }) {
    super(
      `${fields.file} is no migration name: it must be <nnn>_<words>.ts, three digits, then lower-case words joined by _ ` +
        '(004_session_reasons.ts).',
    )
    Object.assign(this, fields)
  }
}

export class UnexpectedFileError extends WorkspaceError {
  constructor(fields: { file: string }) {
    super(
      `${fields.file} does not belong in a migrations folder, where only migrations (<nnn>_<words>.ts) may stand.\n` +
        'Move it: shared code goes to src/ beside the folder.',
    )
    Object.assign(this, fields)
  }
}

export class MigrationsFolderMissingError extends WorkspaceError {
  constructor(fields: { domain: string; folder: string }) {
    super(
      `The domain ${fields.domain} has no folder ${fields.folder}. Create it with a first migration 001_<words>.ts.`,
    )
    Object.assign(this, fields)
  }
}

export class DuplicateNumberError extends WorkspaceError {
  constructor(fields: { domain: string; number: string; files: readonly string[]; next: string }) {
    super(
      `The domain ${fields.domain} has two migrations with the number ${fields.number}:\n${bulleted(fields.files)}\n` +
        `Run: npx nx run migrator:lock --renumber, which makes the newer one ${fields.next}_... and records it.`,
    )
    Object.assign(this, fields)
  }
}

export class NumberGapError extends WorkspaceError {
  constructor(fields: { domain: string; missing: string; file: string }) {
    super(
      `The domain ${fields.domain} has no migration number ${fields.missing}, but ${fields.file} comes after it.\n` +
        'Numbers go up by one: restore the missing file, or renumber the later ones if no database has them.',
    )
    Object.assign(this, fields)
  }
}

export class MigrationImportError extends WorkspaceError {
  constructor(fields: { file: string }, cause: unknown) {
    super(`${fields.file} cannot be imported: ${reason(cause)}`, { cause })
    Object.assign(this, fields)
  }
}

export class MissingUpError extends WorkspaceError {
  constructor(fields: { file: string }) {
    super(`${fields.file} exports no function "up": export async function up(db: Kysely<any>) { ... }`)
    Object.assign(this, fields)
  }
}

export class MissingAboutError extends WorkspaceError {
  constructor(fields: { file: string }) {
    super(
      `${fields.file} does not say what it is about. Add one sentence, which plan and status show:\n` +
        "  export const about = '...'",
    )
    Object.assign(this, fields)
  }
}

export class MissingDownError extends WorkspaceError {
  constructor(fields: { file: string }) {
    super(
      `${fields.file} exports neither "down" nor "irreversible". Add one of them:\n` +
        '  export async function down(db: Kysely<any>) { ... }\n' +
        "  export const irreversible = 'the reason'",
    )
    Object.assign(this, fields)
  }
}

export class DownAndIrreversibleError extends WorkspaceError {
  constructor(fields: { file: string }) {
    super(`${fields.file} exports both "down" and "irreversible". Only one can be true: remove the other.`)
    Object.assign(this, fields)
  }
}

export class InvalidExportError extends WorkspaceError {
  constructor(fields: { file: string; name: string; expected: string }) {
    super(`${fields.file} exports "${fields.name}" with a value that means nothing here: it takes ${fields.expected}.`)
    Object.assign(this, fields)
  }
}

export class RenderError extends WorkspaceError {
  constructor(fields: { id: string; direction: 'up' | 'down' }, cause: unknown) {
    super(
      `${fields.id} failed while its ${fields.direction} was rendered, before any database was asked: ${reason(cause)}`,
      {
        cause,
      },
    )
    Object.assign(this, fields)
  }
}

export class TransactionControlError extends WorkspaceError {
  constructor(fields: { id: string; statement: string }) {
    super(
      `${fields.id} controls a transaction itself ("${fields.statement}"). The run owns the transaction: remove the statement.\n` +
        'A migration that PostgreSQL refuses inside a transaction says: export const transaction = false',
    )
    Object.assign(this, fields)
  }
}

export class LateStatementError extends WorkspaceError {
  constructor(fields: { statement: string }) {
    super(
      `A migration sent a statement after it had returned: "${fields.statement}". Nothing would have recorded it: ` +
        'an await is missing (forEach with an async function awaits nothing; use for ... of).',
    )
    Object.assign(this, fields)
  }
}

export class UnnamedConcurrentIndexError extends WorkspaceError {
  constructor(fields: { id: string; statement: string }) {
    super(
      `${fields.id} builds an index concurrently without naming it ("${fields.statement}"). ` +
        'Name it: an interrupted build leaves an INVALID index behind, which the next run can only drop by its name.',
    )
    Object.assign(this, fields)
  }
}

export class UnstableRenderingError extends WorkspaceError {
  constructor(fields: { id: string }) {
    super(
      `${fields.id} renders other SQL each time it is asked, so no checksum can hold it. ` +
        'Take the clock, the random numbers and the environment out of it: let the database compute them.',
    )
    Object.assign(this, fields)
  }
}

export class UnknownParameterError extends WorkspaceError {
  constructor(fields: { id: string; type: string }) {
    super(
      `${fields.id} has a parameter of the type ${fields.type}, which cannot be written as SQL. Pass text, a number, a boolean, a Date, ` +
        'bytes, an array, a plain object (JSON) or null, or let the database compute it.',
    )
    Object.assign(this, fields)
  }
}

export class LinterError extends WorkspaceError {
  constructor(fields: { detail: string }, cause: unknown) {
    super(`The linter squawk did not run: ${fields.detail}\nInstall it with the workspace: npm ci`, { cause })
    Object.assign(this, fields)
  }
}

export class PostgresInstallError extends WorkspaceError {
  constructor(fields: { major: number; command: string; detail: string }, cause: unknown) {
    super(
      `PostgreSQL ${fields.major} could not be installed for the check: ${fields.detail}\n` +
        `Tried: ${fields.command}\nLeave it out of --postgres, or run the command by hand where the registry answers.`,
      { cause },
    )
    Object.assign(this, fields)
  }
}

// ---------------------------------------------------------------- migrations.lock

export class LockfileSyntaxError extends WorkspaceError {
  constructor(fields: { line: number; text: string }) {
    super(
      `migrations.lock line ${fields.line} is not "<domain>/<nnn>_<words> <sha256>": "${fields.text}".\n` +
        'If a merge left conflict markers there, keep the lines of both sides.',
    )
    Object.assign(this, fields)
  }
}

export class LockfileDuplicateError extends WorkspaceError {
  constructor(fields: { id: string; lines: readonly number[] }) {
    super(`migrations.lock names ${fields.id} twice, on the lines ${fields.lines.join(' and ')}. Remove the later one.`)
    Object.assign(this, fields)
  }
}

export class UnlockedMigrationError extends WorkspaceError {
  constructor(fields: { ids: readonly string[] }) {
    super(
      `${fields.ids.length === 1 ? 'A migration is' : `${fields.ids.length} migrations are`} missing from migrations.lock:\n` +
        `${bulleted(fields.ids)}\nRecord ${fields.ids.length === 1 ? 'it' : 'them'} with: npx nx run migrator:lock`,
    )
    Object.assign(this, fields)
  }
}

export class LockedWithoutFileError extends WorkspaceError {
  constructor(fields: { id: string; line: number; file: string }) {
    super(
      `migrations.lock line ${fields.line} names ${fields.id}, but there is no file ${fields.file}.\n` +
        'Restore the file. If no database has the migration, drop the line with: npx nx run migrator:lock --update',
    )
    Object.assign(this, fields)
  }
}

export class LockfileOrderError extends WorkspaceError {
  constructor(fields: { id: string; line: number; dependency: string; dependencyLine: number }) {
    super(
      `migrations.lock has ${fields.id} on line ${fields.line}, before ${fields.dependency} on line ${fields.dependencyLine}, ` +
        'which it builds on.\nMove the line of ' +
        `${fields.dependency} above it if no database has ${fields.id} yet; lines are otherwise only ever appended.`,
    )
    Object.assign(this, fields)
  }
}

export class EditedMigrationError extends WorkspaceError {
  constructor(fields: { id: string; line: number; file: string }) {
    super(
      `${fields.id} renders other SQL than migrations.lock recorded on line ${fields.line}: ${fields.file}, or a helper that it ` +
        'calls, has been edited.\nIf any database may have it, undo the edit and write a new migration. ' +
        'If none has, record the new text with: npx nx run migrator:lock --update',
    )
    Object.assign(this, fields)
  }
}

// ---------------------------------------------------------------- the database and its history

export abstract class DatabaseError extends MigratorError {
  readonly exitCode = 3
}

export class ChangedMigrationError extends DatabaseError {
  constructor(fields: { id: string; database: string; appliedAt: Date; applied: string; here: string }) {
    super(
      `${fields.id} was applied to ${fields.database} on ${fields.appliedAt.toISOString()} with the checksum ` +
        `${fields.applied.slice(0, 12)}, but here it renders ${fields.here.slice(0, 12)}: it has been edited since. Nothing was run.\n` +
        'Restore its text (git log -- its file and src/conventions), and put the change into a new migration.',
    )
    Object.assign(this, fields)
  }
}

export class UnknownAppliedError extends DatabaseError {
  constructor(fields: { ids: readonly string[]; database: string }) {
    super(
      `${fields.database} has ${fields.ids.length === 1 ? 'a migration' : 'migrations'} that this checkout does not know:\n` +
        `${bulleted(fields.ids)}\nThe checkout is older than the database, or a file was removed. Nothing was run. ` +
        'Take the newest version of the repository (git pull) and run it again.',
    )
    Object.assign(this, fields)
  }
}

export class HistoryOrderError extends DatabaseError {
  constructor(fields: { id: string; dependency: string; database: string }) {
    super(
      `${fields.id} is applied to ${fields.database}, but ${fields.dependency}, which stands before it and which it builds on, ` +
        'is not. Nothing was run.\nIf a merge moved the lines of migrations.lock, put the line of ' +
        `${fields.dependency} behind ${fields.id}; otherwise revert ${fields.id} first with the checkout that applied it.`,
    )
    Object.assign(this, fields)
  }
}

export class HistoryMovedError extends DatabaseError {
  constructor(fields: { newcomers: readonly string[]; database: string }) {
    super(
      `While this waited, another run applied to ${fields.database}:\n${bulleted(fields.newcomers)}\n` +
        'It may build on what was to be reverted. Nothing was reverted. Look again and decide: npx nx run migrator:status',
    )
    Object.assign(this, fields)
  }
}

export class NonEmptyDatabaseError extends DatabaseError {
  constructor(fields: { database: string; objects: readonly string[] }) {
    super(
      `${fields.database} has no migration history, but its schema public is not empty:\n${bulleted(fields.objects)}\n` +
        'V1 is a clean slate: it repairs no older schema. Nothing was touched.\n' +
        'Name an empty database, or say --allow-nonempty if these objects have nothing to do with V1.',
    )
    Object.assign(this, fields)
  }
}

export class CollisionError extends DatabaseError {
  constructor(fields: { database: string; objects: readonly { name: string; kind: string; migration: string }[] }) {
    const lines = fields.objects.map((object) => `${object.kind} ${object.name}, which ${object.migration} creates`)
    super(
      `${fields.database} has no migration history, but already has objects that the run would create:\n${bulleted(lines)}\n` +
        'Nothing was touched. --allow-nonempty accepts unrelated objects, never these: name an empty database, ' +
        'or move them away first.',
    )
    Object.assign(this, fields)
  }
}

export class ServerTooOldError extends DatabaseError {
  constructor(fields: { version: string; target: string }) {
    super(`${fields.target} is PostgreSQL ${fields.version}; 15 is the oldest that V1 runs on. Nothing was run.`)
    Object.assign(this, fields)
  }
}

export class UnreachableServerError extends DatabaseError {
  constructor(fields: { target: string; detail: string }, cause: unknown) {
    super(
      `No PostgreSQL server answers at ${fields.target}: ${fields.detail}.\n` +
        'Is it running, and is the address in --database-url or DATABASE_URL right? Without either, the embedded database is used.',
      { cause },
    )
    Object.assign(this, fields)
  }
}

export class AuthenticationError extends DatabaseError {
  constructor(fields: { target: string; user: string; detail: string }, cause: unknown) {
    super(
      `${fields.target} does not let the user "${fields.user}" in: ${fields.detail}.\n` +
        'Check the user and the password in --database-url or DATABASE_URL (or PGPASSWORD).',
      { cause },
    )
    Object.assign(this, fields)
  }
}

export class DatabaseMissingError extends DatabaseError {
  constructor(fields: { database: string; target: string }, cause: unknown) {
    super(
      `The server at ${fields.target} has no database "${fields.database}".\n` +
        `Create it (createdb "${fields.database}") or correct the name at the end of the URL.`,
      { cause },
    )
    Object.assign(this, fields)
  }
}

export class ConnectionRefusedByServerError extends DatabaseError {
  constructor(fields: { target: string; detail: string; sqlState: string }, cause: unknown) {
    super(`${fields.target} refused the connection: ${fields.detail} (SQLSTATE ${fields.sqlState}).`, { cause })
    Object.assign(this, fields)
  }
}

export class PoolerError extends DatabaseError {
  constructor(fields: { id: string }) {
    super(
      `${fields.id} runs outside a transaction and must hold its lock for the whole session, but this connection goes through ` +
        'a pooler (PgBouncer or the like), where a session is not ours to keep. Nothing was run.\n' +
        'Name the PostgreSQL server itself in --database-url for this run.',
    )
    Object.assign(this, fields)
  }
}

/** What is known about a run that did not finish. */
export type Outcome =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'partly'; readonly ids: readonly string[] }
  /** `id` runs outside a transaction and was begun; `ids` were committed before it. */
  | { readonly kind: 'halfway'; readonly id: string; readonly ids: readonly string[] }
  | { readonly kind: 'complete' }
  | { readonly kind: 'running' }
  | { readonly kind: 'unknown' }

function outcomeText(outcome: Outcome, verb: 'applied' | 'reverted'): string {
  const status = 'See for yourself: npx nx run migrator:status'
  switch (outcome.kind) {
    case 'nothing':
      return `Nothing of this run was ${verb}; the database is as it was before.`
    case 'partly':
      return `Already ${verb} and committed, before this:\n${bulleted(outcome.ids)}\nThe rest was not; the next run goes on from there.`
    case 'halfway': {
      const before =
        outcome.ids.length === 0 ? '' : `Already ${verb} and committed, before this:\n${bulleted(outcome.ids)}\n`
      return `${before}${outcome.id} runs outside a transaction: a part of it may be ${verb}. The next run cleans up after it and begins it again.`
    }
    case 'complete':
      return `The database was asked again: all of the run is ${verb}.`
    case 'running':
      return `The server is still at work on this run and holds its lock. Wait, then ask: npx nx run migrator:status`
    case 'unknown':
      return `Whether the run was ${verb} could not be found out. ${status}`
  }
}

export class MigrationFailedError extends DatabaseError {
  constructor(
    fields: {
      id: string
      direction: 'up' | 'down'
      statement: { readonly number: number; readonly of: number | undefined; readonly excerpt: string } | undefined
      serverMessage: string
      sqlState: string | undefined
      detail: string | undefined
      hint: string | undefined
      outcome: Outcome
    },
    cause: unknown,
  ) {
    const of = fields.statement?.of === undefined ? '' : ` of ${fields.statement.of}`
    const where = fields.statement ? `, statement ${fields.statement.number}${of}` : ''
    const state = fields.sqlState ? ` (SQLSTATE ${fields.sqlState})` : ''
    const lines = [`${fields.id} failed${where}: ${fields.serverMessage}${state}`]
    if (fields.detail) lines.push(`  detail: ${fields.detail}`)
    if (fields.hint) lines.push(`  hint: ${fields.hint}`)
    if (fields.statement) lines.push('', fields.statement.excerpt, '')
    lines.push(outcomeText(fields.outcome, fields.direction === 'up' ? 'applied' : 'reverted'))
    super(lines.join('\n'), { cause })
    Object.assign(this, fields)
  }
}

export class CommitFailedError extends DatabaseError {
  constructor(
    fields: { serverMessage: string; sqlState: string | undefined; direction: 'up' | 'down'; outcome: Outcome },
    cause: unknown,
  ) {
    super(
      `The server refused to commit: ${fields.serverMessage}${fields.sqlState ? ` (SQLSTATE ${fields.sqlState})` : ''}\n` +
        outcomeText(fields.outcome, fields.direction === 'up' ? 'applied' : 'reverted'),
      { cause },
    )
    Object.assign(this, fields)
  }
}

export class ConnectionLostError extends DatabaseError {
  constructor(fields: { during: string; detail: string; direction: 'up' | 'down'; outcome: Outcome }, cause: unknown) {
    super(
      `The connection to the server was lost ${fields.during}: ${fields.detail}\n` +
        outcomeText(fields.outcome, fields.direction === 'up' ? 'applied' : 'reverted'),
      { cause },
    )
    Object.assign(this, fields)
  }
}

export class RunInterruptedError extends DatabaseError {
  constructor(fields: { direction: 'up' | 'down'; outcome: Outcome }) {
    super(`Interrupted. ${outcomeText(fields.outcome, fields.direction === 'up' ? 'applied' : 'reverted')}`)
    Object.assign(this, fields)
  }
}

export class QueryFailedError extends DatabaseError {
  constructor(fields: { doing: string; serverMessage: string; sqlState: string | undefined }, cause: unknown) {
    super(
      `The server failed while ${fields.doing}: ${fields.serverMessage}${fields.sqlState ? ` (SQLSTATE ${fields.sqlState})` : ''}`,
      {
        cause,
      },
    )
    Object.assign(this, fields)
  }
}

// ---------------------------------------------------------------- locks

export abstract class LockError extends MigratorError {
  readonly exitCode = 4
}

export class RunLockHeldError extends LockError {
  constructor(fields: { holder: string; waitedMs: number; direction?: 'up' | 'down'; outcome?: Outcome }) {
    const { direction = 'up', outcome = { kind: 'nothing' } } = fields
    // The other run may be changing the database at this moment: "as it was before" is not ours to say.
    const ran =
      outcome.kind === 'nothing'
        ? '; nothing was run.'
        : `.\n${outcomeText(outcome, direction === 'up' ? 'applied' : 'reverted')}`
    super(
      `Another run holds the lock: ${fields.holder}. Waited ${Math.round(fields.waitedMs / 1000)} s and gave up${ran}\n` +
        'Run it again when that one is done, or wait longer with --lock-wait.',
    )
    Object.assign(this, fields)
  }
}

export class TableLockTimeoutError extends LockError {
  constructor(fields: {
    id: string
    blockers: readonly string[]
    attempts: number
    lockTimeoutMs: number
    direction: 'up' | 'down'
    outcome: Outcome
  }) {
    const who = fields.blockers.length > 0 ? ` It was blocked by:\n${bulleted(fields.blockers)}\n` : '\n'
    super(
      `${fields.id} did not get a lock that it needs, in ${fields.attempts} attempts of ${fields.lockTimeoutMs} ms each.${who}` +
        `${outcomeText(fields.outcome, fields.direction === 'up' ? 'applied' : 'reverted')}\n` +
        'Run it again when those are done, or at a quieter time; --lock-timeout and --lock-wait give it longer.',
    )
    Object.assign(this, fields)
  }
}
