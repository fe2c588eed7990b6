/** Report → its text, by the name of the format. The module of a format is loaded only when that format is asked for. */
import { printableJson } from '../../printable.ts'
import { writeOut } from '../../report/out-file.ts'
import { plainPaint } from '../../report/output.ts'
import type { Report } from '../../verb.ts'
import type { AuditReport } from '../report.ts'
import type { TextLimit } from './text.ts'

const NO_TERMINAL = { paint: plainPaint, width: undefined }

type Formatter = () => Promise<(report: AuditReport) => string>

const json = (value: unknown): string => `${printableJson(value)}\n`

export const FORMATS = {
  text: async () => {
    const { textReport } = await import('./text.ts')
    return (report) => `${textReport(report, NO_TERMINAL).join('\n')}\n`
  },
  markdown: async () => (await import('./markdown.ts')).markdownReport,
  json: async () => {
    const { auditDocument } = await import('./document.ts')
    return (report) => json(auditDocument(report))
  },
  sarif: async () => {
    const { auditSarif } = await import('./sarif.ts')
    return (report) => json(auditSarif(report))
  },
  html: async () => (await import('./html.ts')).htmlReport,
} as const satisfies Record<string, Formatter>

export type Format = keyof typeof FORMATS

export const formatNames = Object.keys(FORMATS) as Format[]

/** Returns how many files were written beside this one, into a folder with its name. Throws OutputFileError. */
export async function writeReport(
  file: string,
  report: AuditReport,
  format: Format,
  limit: TextLimit = {},
): Promise<number> {
  if (format === 'text') {
    const { textReport } = await import('./text.ts')
    writeOut(file, `${textReport(report, NO_TERMINAL, limit).join('\n')}\n`)
    return 0
  }
  if (format === 'markdown') {
    const { writeMarkdown } = await import('./markdown.ts')
    return writeMarkdown(file, report)
  }
  const write = await FORMATS[format]()
  writeOut(file, write(report))
  return 0
}

/** The report for standard output: text is painted, any other format is the same as in a file. */
export async function said(
  report: AuditReport,
  format: Format,
  limit: TextLimit = {},
): Promise<Pick<Report, 'lines' | 'document'>> {
  if (format === 'text') {
    const { textReport } = await import('./text.ts')
    return { lines: (screen) => textReport(report, screen, limit), document: undefined }
  }
  const write = await FORMATS[format]()
  const { auditDocument } = await import('./document.ts')
  return { lines: () => write(report).replace(/\n$/, '').split('\n'), document: auditDocument(report) }
}
