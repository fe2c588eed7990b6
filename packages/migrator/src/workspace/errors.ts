/** What can be wrong with the files: the packages, the migrations, what they render, migrations.lock. */
import { bulleted, reason, usageError, workspaceError } from '../errors.ts'

export class UnknownDomainError extends usageError<{ domain: string; known: readonly string[] }>(
  (fields) => `There is no domain "${fields.domain}". The domains are: ${fields.known.join(', ')}.`,
) {}

export class WorkspaceNotFoundError extends workspaceError<{ from: string }>(
  (fields) =>
    `No npm workspace at or above ${fields.from}: a package.json with "workspaces" was looked for.\n` +
    'Run this inside the repository, or name it with --workspace DIR.',
) {}

export class NoDomainsError extends workspaceError<{ root: string }>(
  (fields) =>
    `No domain in ${fields.root}: no workspace package has the Nx tag "kind:domain".\n` +
    'Add "nx": { "tags": ["kind:domain"] } to the package.json of each package that owns tables.',
) {}

export class UnreadablePackageError extends workspaceError<{ file: string }>(
  (fields, cause) => `${fields.file} cannot be read as JSON: ${reason(cause)}`,
) {}

export class DomainNameError extends workspaceError<{ folder: string }>(
  (fields) =>
    `The domain folder ${fields.folder} has no valid name: it must be <name>-schema, the name in lower-case letters and ` +
    'digits, beginning with a letter (packages/chat2-schema is the domain chat2).',
) {}

export class DuplicateDomainError extends workspaceError<{ domain: string; folders: readonly string[] }>(
  (fields) => `Two folders are the domain "${fields.domain}": ${fields.folders.join(' and ')}. Rename one of them.`,
) {}

export class DependencyNotDomainError extends workspaceError<{ domain: string; dependency: string; manifest: string }>(
  (fields) =>
    `The domain ${fields.domain} depends on ${fields.dependency}, which is no domain of this workspace.\n` +
    `A domain may depend only on domains and on packages from outside. Remove it from "dependencies" in ${fields.manifest}, ` +
    'or give that package the Nx tag "kind:domain".',
) {}

export class DomainCycleError extends workspaceError<{ path: readonly string[] }>(
  (fields) =>
    `The domains depend on each other in a circle: ${fields.path.join(' -> ')}.\n` +
    'No order can build them. Remove one of these dependencies from its package.json; ' +
    'what both sides need belongs to the domain below them.',
) {}

export class MigrationFileNameError extends workspaceError<{ file: string }>(
  (fields) =>
    `${fields.file} is no migration name: it must be <nnn>_<words>.ts, three digits, then lower-case words joined by _ ` +
    '(004_session_reasons.ts).',
) {}

export class UnexpectedFileError extends workspaceError<{ file: string }>(
  (fields) =>
    `${fields.file} does not belong in a migrations folder, where only migrations (<nnn>_<words>.ts) may stand.\n` +
    'Move it: shared code goes to src/ beside the folder.',
) {}

export class MigrationsFolderMissingError extends workspaceError<{ domain: string; folder: string }>(
  (fields) =>
    `The domain ${fields.domain} has no folder ${fields.folder}. Create it with a first migration 001_<words>.ts.`,
) {}

export class DuplicateNumberError extends workspaceError<{
  domain: string
  number: string
  files: readonly string[]
  next: string
}>(
  (fields) =>
    `The domain ${fields.domain} has two migrations with the number ${fields.number}:\n${bulleted(fields.files)}\n` +
    `Run: npx nx run migrator:lock --renumber, which makes the newer one ${fields.next}_... and records it.`,
) {}

export class NumberGapError extends workspaceError<{ domain: string; missing: string; file: string }>(
  (fields) =>
    `The domain ${fields.domain} has no migration number ${fields.missing}, but ${fields.file} comes after it.\n` +
    'Numbers go up by one: restore the missing file, or renumber the later ones if no database has them.',
) {}

export class MigrationImportError extends workspaceError<{ file: string }>(
  (fields, cause) => `${fields.file} cannot be imported: ${reason(cause)}`,
) {}

export class MissingUpError extends workspaceError<{ file: string }>(
  (fields) => `${fields.file} exports no function "up": export async function up(db: Kysely<any>) { ... }`,
) {}

export class MissingAboutError extends workspaceError<{ file: string }>(
  (fields) =>
    `${fields.file} does not say what it is about. Add one sentence, which plan and status show:\n` +
    "  export const about = '...'",
) {}

export class MissingDownError extends workspaceError<{ file: string }>(
  (fields) =>
    `${fields.file} exports neither "down" nor "irreversible". Add one of them:\n` +
    '  export async function down(db: Kysely<any>) { ... }\n' +
    "  export const irreversible = 'the reason'",
) {}

export class DownAndIrreversibleError extends workspaceError<{ file: string }>(
  (fields) => `${fields.file} exports both "down" and "irreversible". Only one can be true: remove the other.`,
) {}

export class InvalidExportError extends workspaceError<{ file: string; name: string; expected: string }>(
  (fields) =>
    `${fields.file} exports "${fields.name}" with a value that means nothing here: it takes ${fields.expected}.`,
) {}

export class RenderError extends workspaceError<{ id: string; direction: 'up' | 'down' }>(
  (fields, cause) =>
    `${fields.id} failed while its ${fields.direction} was rendered, before any database was asked: ${reason(cause)}`,
) {}

export class TransactionControlError extends workspaceError<{ id: string; statement: string }>(
  (fields) =>
    `${fields.id} controls a transaction itself ("${fields.statement}"). The run owns the transaction: remove the statement.\n` +
    'A migration that PostgreSQL refuses inside a transaction says: export const transaction = false',
) {}

export class LateStatementError extends workspaceError<{ statement: string }>(
  (fields) =>
    `A migration sent a statement after it had returned: "${fields.statement}". Nothing would have recorded it: ` +
    'an await is missing (forEach with an async function awaits nothing; use for ... of).',
) {}

export class UnnamedConcurrentIndexError extends workspaceError<{ id: string; statement: string }>(
  (fields) =>
    `${fields.id} builds an index concurrently without naming it ("${fields.statement}"). ` +
    'Name it: an interrupted build leaves an INVALID index behind, which the next run can only drop by its name.',
) {}

export class UnstableRenderingError extends workspaceError<{ id: string }>(
  (fields) =>
    `${fields.id} renders other SQL each time it is asked, so no checksum can hold it. ` +
    'Take the clock, the random numbers and the environment out of it: let the database compute them.',
) {}

export class LockfileSyntaxError extends workspaceError<{ line: number; text: string }>(
  (fields) =>
    `migrations.lock line ${fields.line} is not "<domain>/<nnn>_<words> <sha256>": "${fields.text}".\n` +
    'If a merge left conflict markers there, keep the lines of both sides.',
) {}

export class LockfileDuplicateError extends workspaceError<{ id: string; lines: readonly number[] }>(
  (fields) =>
    `migrations.lock names ${fields.id} twice, on the lines ${fields.lines.join(' and ')}. Remove the later one.`,
) {}

export class UnlockedMigrationError extends workspaceError<{ ids: readonly string[] }>(
  (fields) =>
    `${fields.ids.length === 1 ? 'A migration is' : `${fields.ids.length} migrations are`} missing from migrations.lock:\n` +
    `${bulleted(fields.ids)}\nRecord ${fields.ids.length === 1 ? 'it' : 'them'} with: npx nx run migrator:lock`,
) {}

export class LockedWithoutFileError extends workspaceError<{ id: string; line: number; file: string }>(
  (fields) =>
    `migrations.lock line ${fields.line} names ${fields.id}, but there is no file ${fields.file}.\n` +
    'Restore the file. If no database has the migration, drop the line with: npx nx run migrator:lock --update',
) {}

export class LockfileOrderError extends workspaceError<{
  id: string
  line: number
  dependency: string
  dependencyLine: number
}>(
  (fields) =>
    `migrations.lock has ${fields.id} on line ${fields.line}, before ${fields.dependency} on line ${fields.dependencyLine}, ` +
    'which it builds on.\nMove the line of ' +
    `${fields.dependency} above it if no database has ${fields.id} yet; lines are otherwise only ever appended.`,
) {}

export class EditedMigrationError extends workspaceError<{ id: string; line: number; file: string }>(
  (fields) =>
    `${fields.id} renders other SQL than migrations.lock recorded on line ${fields.line}: ${fields.file}, or a helper that it ` +
    'calls, has been edited.\nIf any database may have it, undo the edit and write a new migration. ' +
    'If none has, record the new text with: npx nx run migrator:lock --update',
) {}
