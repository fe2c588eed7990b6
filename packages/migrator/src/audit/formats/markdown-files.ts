/**
 * A report in Markdown that is too large to be read, or shown, as one file → an index and a folder of files beside it. A section that is
 * large has a file of its own, to which the index links, and a table that is too large for one file goes on in the next. Pure.
 */

import type { Block, Section } from '../sections/blocks.ts'
import { findingsTable } from '../sections/findings-table.ts'
import { markdownSection, plain } from './blocks-markdown.ts'

export interface MarkdownFile {
  /** Relative to the folder of the index; the first file is the index itself. */
  readonly path: string
  readonly text: string
}

/** GitHub shows larger files as plain text. */
export const LARGEST_FILE_BYTES = 300_000
/** A section that is larger has a file of its own. */
const LARGE_SECTION_BYTES = 16_000

/** Each file of the folder begins with it, so that those of an earlier report can be told from anything else that lies there. */
export const MARK = '<!-- made by veza-migrator audit -->'

const bytes = (text: string): number => Buffer.byteLength(text)

/** `index`: the name of the index file, `audit.md`; the folder is called `audit`. One file is returned if everything fits into it. */
export function markdownFiles(head: readonly string[], sections: readonly Section[], index: string): MarkdownFile[] {
  const whole = joined([...head, ...sections.map((section) => markdownSection(section))])
  if (bytes(whole) <= LARGEST_FILE_BYTES) return [{ path: index, text: whole }]
  const folder = index.replace(/\.[^./]+$/, '') === index ? `${index}.d` : index.replace(/\.[^./]+$/, '')
  const files: MarkdownFile[] = []
  const linked = sections.map((section) => withLinks(section, 2, { folder, index, files }))
  const text = joined([...head, ...linked])
  return [{ path: index, text }, ...files]
}

interface Target {
  readonly folder: string
  readonly index: string
  readonly files: MarkdownFile[]
}

/** The section as the index has it. Its large parts go to files of their own. */
function withLinks(section: Section, level: number, target: Target): string {
  const { title, sections = [] } = section
  const heading = `${'#'.repeat(level)} ${plain(title)}`
  const isSmall = bytes(markdownSection(section, level)) <= LARGE_SECTION_BYTES
  // Details are many: even small ones would make the index long.
  if (isSmall && !section.isDetail) return markdownSection(section, level)
  if (sections.length === 0) {
    const names = writeParts(section, target)
    const links = names.map(
      (name, at) => `[${names.length === 1 ? 'all of it' : `part ${at + 1}`}](${linked(target.folder)}/${name})`,
    )
    return [heading, introduction(section), links.join(', ')].filter((part) => part !== '').join('\n\n')
  }
  const own = markdownSection({ ...section, sections: [] }, level)
  const first = bytes(own) <= LARGE_SECTION_BYTES ? own : withLinks({ ...section, sections: [] }, level, target)
  return [first, ...sections.map((inner) => withLinks(inner, Math.min(level + 1, 6), target))].join('\n\n')
}

/** What a section says before its table. */
const introduction = ({ blocks }: Section): string =>
  blocks
    .filter(({ kind }) => kind === 'paragraph')
    .map((block) => markdownSection({ id: '', title: '', blocks: [block] }).replace(/^#+ \n\n/, ''))
    .join('\n\n')

/** The names of the files. */
function writeParts(section: Section, target: Target): string[] {
  const { folder, index, files } = target
  const parts = inParts(section.blocks)
  const base = freeName(fileName(section.id), target)
  const names = parts.map((_, at) => (at === 0 ? `${base}.md` : `${base}-${at + 1}.md`))
  for (const [at, blocks] of parts.entries()) {
    const links = [
      `[Back to the report](../${linked(index)})`,
      ...(at > 0 ? [`[part ${at}](${names[at - 1]})`] : []),
      ...(at + 1 < parts.length ? [`[part ${at + 2}](${names[at + 1]})`] : []),
    ]
    const title = parts.length === 1 ? section.title : `${section.title}, part ${at + 1} of ${parts.length}`
    const text = joined([MARK, links.join(', '), markdownSection({ ...section, title, blocks, sections: [] }, 1)])
    files.push({ path: `${folder}/${names[at]}`, text })
  }
  return names
}

/** Blocks that fit into one file each; a table is cut between its rows, a list between its items. */
function inParts(blocks: readonly Block[]): Block[][] {
  const room = LARGEST_FILE_BYTES * 0.8
  const parts: Block[][] = [[]]
  let used = 0
  for (const block of blocks.flatMap((one) => pieces(one, room))) {
    const size = sizeOf(block)
    if (used > 0 && used + size > room) {
      parts.push([])
      used = 0
    }
    parts.at(-1)!.push(block)
    used += size
  }
  return parts
}

/** The block, or as many pieces of it as keep each below the room, as long as a single row does. */
function pieces(shown: Block, room: number): Block[] {
  const block = shown.kind === 'findings' ? findingsTable(shown.lines) : shown
  if (sizeOf(block) <= room) return [block]
  if (block.kind === 'table') return cut(block.rows, room, (rows) => ({ ...block, rows }))
  if (block.kind === 'list') return cut(block.items, room, (items) => ({ ...block, items }))
  return [block]
}

/** In halves, until each is small enough: rows can differ in size a thousand times. */
function cut<T>(items: readonly T[], room: number, blockOf: (items: readonly T[]) => Block): Block[] {
  const block = blockOf(items)
  if (items.length < 2 || sizeOf(block) <= room) return [block]
  const middle = Math.ceil(items.length / 2)
  return [items.slice(0, middle), items.slice(middle)].flatMap((half) => cut(half, room, blockOf))
}

const sizeOf = (block: Block): number => bytes(markdownSection({ id: '', title: '', blocks: [block] }))

/** The name of a table can be anything; a file name is not. */
const fileName = (id: string): string => id.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 100)

/** Two tables can become the same file name, also where upper and lower case are one. */
function freeName(base: string, { folder, files }: Target): string {
  const taken = new Set(files.map(({ path }) => path.toLowerCase()))
  let name = base
  for (let at = 1; taken.has(`${folder}/${name}.md`.toLowerCase()); at += 1) name = `${base}_${at}`
  return name
}

/** The destination of a link ends at a space or a bracket. */
const linked = (name: string): string =>
  encodeURIComponent(name).replace(/[()]/g, (one) => (one === '(' ? '%28' : '%29'))

const joined = (parts: readonly string[]): string => `${parts.join('\n\n')}\n`
