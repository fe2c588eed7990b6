/** Report → a document that a team reads, discusses and commits. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { targetText } from '../../database/target.ts'
import { OutputFileError, plural, reason } from '../../errors.ts'
import { writeOut } from '../../report/out-file.ts'
import type { AuditReport } from '../report.ts'
import { sectionsOf } from '../sections/sections.ts'
import { code, plain } from './blocks-markdown.ts'
import { LARGEST_FILE_BYTES, MARK, markdownFiles } from './markdown-files.ts'

/** The whole document as one text; a larger one than a file may be is its index, which says how to get the rest. */
export function markdownReport(report: AuditReport): string {
  const [index, ...others] = filesOf(report, 'audit.md')
  if (others.length === 0) return index!.text
  return `${index!.text}\nThis is the index of a report that is larger than ${LARGEST_FILE_BYTES / 1000} KB. \`--out audit.md\` writes it with ${plural(others.length, 'file')} in the folder audit.\n`
}

/** Writes the file, and its folder if there is one. Returns how many files are in the folder. Throws OutputFileError. */
export function writeMarkdown(file: string, report: AuditReport): number {
  const [index, ...others] = filesOf(report, basename(file))
  const place = (path: string) => join(dirname(file), path)
  const folder = others[0] === undefined ? undefined : dirname(place(others[0].path))
  if (folder !== undefined) {
    emptied(folder)
    for (const { path, text } of others) writeOut(place(path), text)
  }
  // The index comes last: whoever reads it finds what it links to.
  writeOut(file, index!.text)
  return others.length
}

const filesOf = (report: AuditReport, index: string) => markdownFiles(markdownHead(report), sectionsOf(report), index)

/** Makes the folder, and removes the files of an earlier report from it, and nothing else. */
function emptied(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.md'))) {
      const file = join(folder, name)
      if (readFileSync(file, 'utf8').startsWith(MARK)) rmSync(file)
    }
  } catch (error) {
    throw new OutputFileError({ file: folder, problem: reason(error) }, error)
  }
}

function markdownHead({ target, auditedAt, notes }: AuditReport): string[] {
  return [
    `# Audit of ${code(target.database)} against V1`,
    `${plain(targetText(target))}, PostgreSQL ${target.serverVersion}, ${auditedAt.toISOString().slice(0, 10)}.`,
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${plain(note)}`).join('\n')]),
  ]
}
