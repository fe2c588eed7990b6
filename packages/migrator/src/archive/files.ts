/** Which files of a folder are numbered SQL migrations, with number, title, checksum and first comment of each. Only reads. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tokens } from '../sql/lexer.ts'

export interface LegacyFile {
  /** `012_add_index.up.sql`. */
  readonly name: string
  readonly number: number
  /** `add_index`: what the two files of a pair share. */
  readonly title: string
  readonly direction: 'up' | 'down' | 'single'
  readonly sha256: string
  readonly bytes: number
  /** The first comment line; null where there is none. */
  readonly about: string | null
}

const NUMBERED = /^(\d+)[_-](.+?)(?:\.(up|down))?\.sql$/i

/** The files by number, then title, up before down. `others`: the names of folders and other files. */
export function listLegacy(folder: string): { files: LegacyFile[]; others: string[] } {
  const entries = readdirSync(folder, { withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && NUMBERED.test(entry.name))
    .map(({ name }) => describe(folder, name))
  const names = new Set(files.map(({ name }) => name))
  return {
    files: files.sort(inOrder),
    others: entries
      .map(({ name }) => name)
      .filter((name) => !names.has(name))
      .sort(),
  }
}

const DIRECTIONS = ['up', 'single', 'down'] as const

export function inOrder(a: LegacyFile, b: LegacyFile): number {
  if (a.number !== b.number) return a.number - b.number
  if (a.title !== b.title) return a.title < b.title ? -1 : 1
  return DIRECTIONS.indexOf(a.direction) - DIRECTIONS.indexOf(b.direction)
}

function describe(folder: string, name: string): LegacyFile {
  const content = readFileSync(join(folder, name))
  const [, number, title, direction = 'single'] = NUMBERED.exec(name)!
  return {
    name,
    number: Number(number),
    title: title!,
    direction: direction.toLowerCase() as LegacyFile['direction'],
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
    about: firstComment(content.toString('utf8')),
  }
}

/** The first comment line that has words, before or between the statements; without the dashes and stars around it. */
function firstComment(sql: string): string | null {
  for (const { kind, text } of tokens(sql)) {
    if (kind !== 'comment') continue
    const lines = text.startsWith('--') ? [text.replace(/^[-\s]+/, '')] : blockLines(text)
    const words = lines.map((line) => line.trim()).find((line) => line !== '' && !/^[=#*]/.test(line))
    if (words !== undefined) return words
  }
  return null
}

const blockLines = (comment: string): string[] =>
  comment
    .slice('/*'.length)
    .replace(/\*\/$/, '')
    .split(/[\r\n]/)
    .map((line) => line.replace(/^[\s*]+/, ''))
