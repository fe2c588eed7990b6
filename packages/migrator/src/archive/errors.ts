/** What keeps legacy files from being put away. */
import { bulleted, usageError } from '../errors.ts'

export class ArchiveSourceError extends usageError<{ folder: string; problem: string }>(
  (fields) =>
    `${fields.folder} ${fields.problem}. --from takes the folder with the numbered files (001_users.sql, 002_roles.up.sql, ...).`,
) {}

export class ArchiveCollisionError extends usageError<{ folder: string; files: readonly string[] }>(
  (fields) =>
    `${fields.folder} has other files of the same name; nothing was moved.\n${bulleted(fields.files)}\n` +
    'Choose another folder with --to, or move those away first.',
) {}

export class ArchiveSameFolderError extends usageError<{ folder: string }>(
  (fields) => `--from and --to are the same folder, ${fields.folder}: name another one with --to.`,
) {}

export class ArchiveNestedError extends usageError<{ inner: string; outer: string }>(
  (fields) =>
    `${fields.inner} stands inside ${fields.outer}: --from and --to must be apart. Name a folder beside it with --to.`,
) {}

export class ArchiveTargetError extends usageError<{ folder: string; file: string; problem: string }>(
  (fields) =>
    `${fields.folder} cannot be a folder: ${fields.file} is ${fields.problem}. Nothing was moved; name another one with --to.`,
) {}

export class ArchiveManifestError extends usageError<{ file: string; problem: string }>(
  (fields) =>
    `${fields.file} is not the manifest of an archive: it ${fields.problem}. Nothing was moved.\n` +
    'Choose another folder with --to, or move that file away first.',
) {}

export class ArchiveSameFileError extends usageError<{ original: string; copy: string }>(
  (fields) =>
    `${fields.copy} is no copy of ${fields.original} but the same file; nothing was removed.\n` +
    'Choose another folder with --to.',
) {}
