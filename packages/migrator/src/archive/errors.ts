/** Errors that stop the archiving of legacy files. When one is thrown, no original has been removed. */
import { bulleted, usageError } from '../errors.ts'

export class ArchiveSourceError extends usageError<{
  folder: string
  /** Part of a sentence: `does not exist`. */
  problem: string
}>(
  ({ folder, problem }) =>
    `${folder} ${problem}. --from takes the folder with the migrations themselves ` +
    '(001_users.sql, 002_roles.up.sql, 20240131120000_rooms.sql, V4__tracks.sql, ...).',
) {}

export class ArchiveCollisionError extends usageError<{ folder: string; files: readonly string[] }>(
  ({ folder, files }) =>
    `${folder} already has other files with these names; nothing was moved.\n${bulleted(files)}\n` +
    'Choose another folder with --to, or move those files away first.',
) {}

export class ArchiveSameFolderError extends usageError<{ folder: string }>(
  ({ folder }) => `--from and --to are the same folder, ${folder}: name another one with --to.`,
) {}

export class ArchiveNestedError extends usageError<{ inner: string; outer: string }>(
  ({ inner, outer }) =>
    `${inner} is inside ${outer}, but neither of --from and --to may be inside the other. Nothing was moved; ` +
    'name a folder beside --from with --to.',
) {}

export class ArchiveTargetError extends usageError<{
  folder: string
  /** The path that is in the way: the folder itself or one above it. */
  file: string
  /** Part of a sentence: `a file`. */
  problem: string
}>(
  ({ folder, file, problem }) =>
    `${folder} cannot be a folder: ${file} is ${problem}. Nothing was moved; name another one with --to.`,
) {}

export class ArchiveManifestError extends usageError<{
  file: string
  /** Part of a sentence: `cannot be read as JSON`. */
  problem: string
}>(
  ({ file, problem }) =>
    `${file} is not the manifest of an archive: it ${problem}. Nothing was moved.\n` +
    'Choose another folder with --to, or move that file away first.',
) {}

/** The copy is the original under another name, or a link to it: removing the original would lose the file. */
export class ArchiveSameFileError extends usageError<{ original: string; copy: string }>(
  ({ original, copy }) =>
    `${copy} is not a copy of ${original} but the same file; nothing was removed.\nChoose another folder with --to.`,
) {}
