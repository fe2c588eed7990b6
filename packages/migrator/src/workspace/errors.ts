/** What can be wrong with the files of the workspace: the packages, the migrations, the SQL that they render, migrations.lock. */
import { type Advice, bulleted, plural, reason, usageError, workspaceError } from '../errors.ts'

export class UnknownDomainError extends usageError<{ domain: string; known: readonly string[] }>(
  ({ domain, known }) => `There is no domain "${domain}". The domains are: ${known.join(', ')}.`,
) {}

export class WorkspaceNotFoundError extends workspaceError<{ from: string }>(
  ({ from }) =>
    `There is no npm workspace in ${from} or in a folder above it: no package.json there has "workspaces".\n` +
    'Run this inside the repository, or name the repository with --workspace DIR.',
) {}

export class NoDomainsError extends workspaceError<{ root: string }>(
  ({ root }) =>
    `There is no domain in ${root}: no package of the workspace has the Nx tag "kind:domain".\n` +
    'Add "nx": { "tags": ["kind:domain"] } to the package.json of each package that owns tables.',
) {}

export class UnreadablePackageError extends workspaceError<{ file: string }>(
  ({ file }, cause) => `${file} cannot be read as JSON: ${reason(cause)}`,
) {}

export class DomainNameError extends workspaceError<{ folder: string }>(
  ({ folder }) =>
    `The domain folder ${folder} has no valid name: it must be <name>-schema, where <name> is lower-case letters and digits ` +
    'and begins with a letter (packages/chat2-schema is the domain chat2).',
) {}

export class DuplicateDomainError extends workspaceError<{ domain: string; folders: readonly string[] }>(
  ({ domain, folders }) => `Two folders are the domain "${domain}": ${folders.join(' and ')}. Rename one of them.`,
) {}

/** `dependency` is the name of a package, `manifest` the package.json that names it. */
export class DependencyNotDomainError extends workspaceError<{ domain: string; dependency: string; manifest: string }>(
  ({ domain, dependency, manifest }) =>
    `The domain ${domain} depends on ${dependency}, which is a package of this workspace but not a domain.\n` +
    'A domain may depend only on domains and on packages from outside the workspace. ' +
    `Remove it from "dependencies" in ${manifest}, or give that package the Nx tag "kind:domain".`,
) {}

export class DomainCycleError extends workspaceError<{
  /** Domains, the first one again at the end. */
  path: readonly string[]
}>(
  ({ path }) =>
    `The domains depend on each other in a circle: ${path.join(' -> ')}.\n` +
    'No order can build them. Remove one of these dependencies from its package.json, and move what two domains ' +
    'need from each other into a domain that both depend on.',
) {}

export class MigrationFileNameError extends workspaceError<{ file: string }>(
  ({ file }) =>
    `${file} is not a valid name for a migration: it must be <nnn>_<words>.ts, three digits, then lower-case words joined by _ ` +
    '(004_session_reasons.ts).',
) {}

export class UnexpectedFileError extends workspaceError<{ file: string }>(
  ({ file }) =>
    `A migrations folder holds only migrations (<nnn>_<words>.ts), but there is ${file}.\n` +
    'Move it: code that migrations share goes to src/, beside the folder.',
) {}

export class MigrationsFolderMissingError extends workspaceError<{ domain: string; folder: string }>(
  ({ domain, folder }) =>
    `The domain ${domain} has no folder ${folder}. Create it with a first migration 001_<words>.ts.`,
) {}

export class DuplicateNumberError extends workspaceError<{
  domain: string
  /** Three digits, as in the names. */
  number: string
  files: readonly string[]
  /** The first number of the domain that no file has. */
  next: string
  /** The file that came later and the name that renumbering gives it; not known before migrations.lock is read. */
  renaming?: { readonly file: string; readonly name: string }
}>(({ domain, number, files, next, renaming }) => {
  const newer = renaming === undefined ? 'the newer one' : `${renaming.file}, which came later,`
  const name = renaming === undefined ? `${next}_...` : `${renaming.name}.ts`
  return {
    problem: `The domain ${domain} has two migrations with the number ${number}: ${files.join(' and ')}.`,
    remedy: `Rename ${newer} to ${name} and record it with: npx nx run migrator:lock --renumber`,
  }
}) {}

export class NumberGapError extends workspaceError<{
  domain: string
  /** Three digits, as in the names. */
  missing: string
  file: string
}>(({ domain, missing, file }) => ({
  problem: `The domain ${domain} has no migration number ${missing}, but ${file} comes after it.`,
  remedy:
    'Numbers go up by one. Restore the missing file; if no database has the later ones, give them the free numbers with: ' +
    'npx nx run migrator:lock --renumber',
})) {}

export class MigrationImportError extends workspaceError<{ file: string }>(
  ({ file }, cause) => `${file} cannot be imported: ${reason(cause)}`,
) {}

export class MissingUpError extends workspaceError<{ file: string }>(
  ({ file }) => `${file} exports no function "up": export async function up(db: Kysely<any>) { ... }`,
) {}

export class MissingAboutError extends workspaceError<{ file: string }>(
  ({ file }) =>
    `${file} does not say what it is about. Add one sentence, which plan and status show:\n  export const about = '...'`,
) {}

export class MissingDownError extends workspaceError<{ file: string }>(
  ({ file }) =>
    `${file} exports neither "down" nor "irreversible". Add one of them:\n` +
    '  export async function down(db: Kysely<any>) { ... }\n' +
    "  export const irreversible = 'the reason'",
) {}

export class DownAndIrreversibleError extends workspaceError<{ file: string }>(
  ({ file }) => `${file} exports both "down" and "irreversible". Only one of them can be true: remove the other.`,
) {}

export class InvalidExportError extends workspaceError<{
  file: string
  /** The name of the export. */
  exported: string
  /** What its value must be: `a function`. */
  expected: string
}>(({ file, exported, expected }) => `${file} exports "${exported}" with a wrong value: it must be ${expected}.`) {}

export class RenderError extends workspaceError<{ id: string; direction: 'up' | 'down' }>(
  ({ id, direction }, cause) =>
    `The ${direction} of ${id} failed while it was rendered, before any database was asked: ${reason(cause)}`,
) {}

export class TransactionControlError extends workspaceError<{ id: string; statement: string }>(
  ({ id, statement }) =>
    `${id} controls a transaction itself ("${statement}"). The run begins and ends the transaction: remove the statement.\n` +
    'If PostgreSQL refuses the migration inside a transaction, add to it: export const transaction = false',
) {}

/** `statement`: the beginning of the statement. */
export class LateStatementError extends workspaceError<{ statement: string }>(
  ({ statement }) =>
    `A migration sent a statement after it had returned: "${statement}". Nothing would have recorded it: ` +
    'an await is missing (forEach with an async function awaits nothing; use for ... of).',
) {}

export class UnnamedConcurrentIndexError extends workspaceError<{ id: string; statement: string }>(
  ({ id, statement }) =>
    `${id} builds an index concurrently without naming it ("${statement}"). ` +
    'Name it: an interrupted build leaves an INVALID index behind, which the next run can only drop by its name.',
) {}

export class AloneStatementsError extends workspaceError<{
  id: string
  direction: 'up' | 'down'
  count: number
  /** The beginning of each statement. */
  statements: readonly string[]
}>(({ id, direction, count, statements }) => {
  const most = direction === 'up' ? 'exactly one statement' : 'one statement at most'
  const list = count === 0 ? '.' : `:\n${bulleted(statements)}`
  return {
    problem:
      `${id} runs outside a transaction, and its ${direction} has ${plural(count, 'statement')}${list}\n` +
      `It must have ${most}: where one of several fails, those before it stay done, and the migration can neither be finished nor reverted.`,
    remedy:
      'Give each statement that PostgreSQL refuses in a transaction a migration of its own, in the order of their numbers. ' +
      'Move the others to a migration without "export const transaction = false", before or behind it.',
  }
}) {}

export class DynamicAloneError extends workspaceError<{ id: string; direction: 'up' | 'down' }>(
  ({ id, direction }) => ({
    problem:
      `${id} runs outside a transaction, and its ${direction} asks the database for rows, so its statements are not known beforehand. ` +
      'After an interruption nobody could tell how far it had come.',
    remedy:
      'Write its one statement as it is to be run. What depends on data goes into a migration without "export const transaction = false".',
  }),
) {}

export class UnstableRenderingError extends workspaceError<{ id: string }>(
  ({ id }) =>
    `${id} renders different SQL each time, so its checksum would never match. ` +
    'Take the clock, random numbers and the environment out of it: let the database compute them.',
) {}

export class LockfileSyntaxError extends workspaceError<{ line: number; text: string }>(({ line, text }) => ({
  problem: `migrations.lock line ${line} is not "<domain>/<nnn>_<words> <sha256>": "${text}".`,
  remedy: 'If a merge left conflict markers there, remove them and keep the lines of both sides.',
})) {}

export class LockfileDuplicateError extends workspaceError<{ id: string; lines: readonly number[] }>(
  ({ id, lines }) => ({
    problem: `migrations.lock names ${id} twice, on the lines ${lines.join(' and ')}.`,
    remedy: 'Remove the later one.',
  }),
) {}

export class UnlockedMigrationError extends workspaceError<{ ids: readonly string[] }>(({ ids }) => ({
  problem:
    ids.length === 1
      ? `${ids[0]} is missing from migrations.lock.`
      : `${ids.length} migrations are missing from migrations.lock:\n${bulleted(ids)}`,
  remedy: `Record ${ids.length === 1 ? 'it' : 'them'} with: npx nx run migrator:lock`,
})) {}

export class LockedWithoutFileError extends workspaceError<{
  id: string
  line: number
  /** The path that is missing. */
  file: string
  /** A migration without a line that renders the same SQL; not known before the migrations are rendered. */
  renamed?: { readonly id: string; readonly file: string }
}>(({ id, line, file, renamed }) =>
  renamed === undefined
    ? {
        problem: `migrations.lock line ${line} names ${id}, but there is no file ${file}.`,
        remedy:
          'Restore the file. If no database has the migration, drop the line with: npx nx run migrator:lock --update',
      }
    : {
        problem: `${id}, line ${line} of migrations.lock, is now called ${renamed.id}: ${renamed.file} renders the same SQL.`,
        remedy:
          `Give the file its old name back, since a database that has it knows it as ${id}. ` +
          'If no database has it, record the new name with: npx nx run migrator:lock --update',
      },
) {}

/** `dependency`: the migration that `id` builds on, although its line comes later. */
export class LockfileOrderError extends workspaceError<{
  id: string
  line: number
  dependency: string
  dependencyLine: number
}>(({ id, line, dependency, dependencyLine }) => ({
  problem: `migrations.lock has ${id} on line ${line}, before ${dependency} on line ${dependencyLine}, which it builds on.`,
  remedy:
    `If no database has ${id} yet, move the line of ${dependency} above it. ` +
    'Otherwise put the lines back in the order in which they were appended.',
})) {}

/** Why a recorded migration now renders other SQL, as far as git can tell. Paths are relative to the workspace. */
export type Edit =
  | { readonly by: 'file' }
  /** Modules that the migration uses were edited since its line was recorded, the migration itself was not. */
  | { readonly by: 'helpers'; readonly helpers: readonly string[] }
  /** `helpers`: all modules of the workspace that the migration uses. */
  | { readonly by: 'unknown'; readonly helpers: readonly string[] }

function editText(file: string, edit: Edit): string {
  if (edit.by === 'file') return `${file} has been edited`
  const helpers = edit.helpers.join(' and ')
  if (edit.by === 'helpers') return `${file} is as it was, but ${helpers}, which it uses, has been edited`
  return helpers === ''
    ? `${file}, or something that it uses, has been edited`
    : `${file}, or what it uses (${helpers}), has been edited`
}

export class EditedMigrationError extends workspaceError<{ id: string; line: number; file: string; edit: Edit }>(
  ({ id, line, file, edit }) => ({
    problem: `${id} renders other SQL than migrations.lock recorded on line ${line}: ${editText(file, edit)}.`,
    remedy:
      'If any database may have it, undo the edit and write a new migration. ' +
      'If none has, record the new SQL with: npx nx run migrator:lock --update',
  }),
) {}

/** Why it is not known which of two migrations came first. `main`: the branch that was read as the main branch, such as `origin/main`. */
export type Doubt =
  /** HEAD has one of them, and the commit that is being merged or picked (`other`) has the other one. */
  | { readonly kind: 'two sides'; readonly other: 'MERGE_HEAD' | 'CHERRY_PICK_HEAD'; readonly main: string | undefined }
  /** They were added on two branches, and the merge of these branches is committed. */
  | { readonly kind: 'merged'; readonly main: string | undefined }
  /** The commits are not all here. `missing`: why the main branch is not known. `advice`: what to do about it, or empty. */
  | { readonly kind: 'no history'; readonly missing: string; readonly advice: string }

const RENUMBER = 'npx nx run migrator:lock --renumber'

function doubtWords(doubt: Doubt): Advice {
  if (doubt.kind === 'no history') {
    const byHand =
      'As long as that is so, rename by hand the one that no database has, and its line in migrations.lock.'
    return {
      problem: `Nothing tells what the main branch has: ${doubt.missing}.`,
      remedy: doubt.advice === '' ? byHand : `${doubt.advice} ${byHand}`,
    }
  }
  const { main } = doubt
  const fetchFirst =
    `Run git fetch and try again. If ${main} is up to date and has neither, this keeps the one whose line stands first: ` +
    `${RENUMBER} --base ${main}`
  if (doubt.kind === 'two sides') {
    const { other } = doubt
    return {
      problem: `HEAD has one of them and ${other} the other, and as far as this clone knows neither side is the main branch.`,
      remedy: main ? fetchFirst : `Name the side that is: ${RENUMBER} --base HEAD, or --base ${other}.`,
    }
  }
  return {
    problem:
      'They were added on two branches that have been merged, and as far as this clone knows neither is the main branch.',
    remedy: main
      ? fetchFirst
      : `Name the commit of the main branch before the merge, such as HEAD^1 or HEAD^2: ${RENUMBER} --base REF`,
  }
}

export class UndecidedOrderError extends workspaceError<{ files: readonly string[]; doubt: Doubt }>(
  ({ files, doubt }) => {
    const { problem, remedy } = doubtWords(doubt)
    return {
      problem:
        'Nothing was renamed: it is not known which of these came first, and a database may have either under its name:\n' +
        `${bulleted(files)}\n${problem}`,
      remedy,
    }
  },
) {}

export class PublishedNumberTwiceError extends workspaceError<{
  domain: string
  /** Three digits, as in the names. */
  number: string
  files: readonly string[]
  /** `origin/main`, or what `--base` names. */
  on: string
}>(({ domain, number, files, on }) => ({
  problem:
    `Nothing was renamed: ${on} itself has two migrations with the number ${number} in the domain ${domain}, ` +
    `and a database may have either:\n${bulleted(files)}`,
  remedy: `Name the last commit where the numbers were right: ${RENUMBER} --base REF`,
})) {}

/** `to`: the id that the migration would get. `on`: the branch where it is published as `id`. */
export class PublishedRenamingError extends workspaceError<{ id: string; to: string; on: string; base: string }>(
  ({ id, to, on, base }) => ({
    problem:
      `Nothing was renamed: with --base ${base}, ${id} would become ${to}, but ${on} has it under its present name, ` +
      'and so may a database.',
    remedy: 'Leave --base out, or name a commit that has this migration.',
  }),
) {}
