/** Finds the files that a page tells its reader to write, and writes them into a copy of the repository. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface Block {
  /** '' for a block without a language. */
  readonly language: string
  readonly body: string
  /** If the block is a file, its path, from the block's first line or the paragraph before the block. */
  readonly path: string | undefined
}

const FENCED = /^(?<before>(?:.+\n)*)\n?```(?<language>\w*)\n(?<body>[\s\S]*?)^```$/gm

/** Every fenced block of a page, in order. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(FENCED)].map(({ groups }) => {
    const { before = '', language = '', body = '' } = groups!
    const shown = language === 'ts' || language === 'json'
    const own = /^\/\/ (packages\/\S+)\n/.exec(body)?.[1]
    const named = [...before.matchAll(/`(packages\/\S+\.json)`/g)].at(-1)?.[1]
    return { language, body, path: shown ? (own ?? named) : undefined }
  })
}

const MIGRATION = /^(?<folder>.+\/src\/migrations)\/\d+_(?<words>\w+)\.ts$/

/**
 * Writes a file as a reader would. A migration gets the next number of its domain, which differs from the page's number once the domain has
 * more migrations than when the page was written. Returns the path; undefined if the repository has that migration or file already.
 */
export function writeShown(root: string, path: string, text: string): string | undefined {
  const { folder, words } = MIGRATION.exec(path)?.groups ?? {}
  const there = folder !== undefined && existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []
  if (existsSync(join(root, path)) && folder === undefined) return undefined
  if (there.some((name) => name.replace(/^\d+_/, '') === `${words}.ts`)) return undefined
  const last = Math.max(0, ...there.map((name) => Number.parseInt(basename(name), 10)))
  const place = folder === undefined ? path : `${folder}/${String(last + 1).padStart(3, '0')}_${words}.ts`
  mkdirSync(dirname(join(root, place)), { recursive: true })
  writeFileSync(join(root, place), text)
  return place
}
