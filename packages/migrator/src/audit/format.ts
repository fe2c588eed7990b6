/** Report → what is written, by the name of the format. Each format is loaded only when it is asked for. */
import { plainPaint } from '../report/output.ts'
import type { AuditReport } from './report.ts'

type Formatter = () => Promise<(report: AuditReport) => string>

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

export const FORMATS = {
  text: async () => {
    const { textReport } = await import('./text.ts')
    return (report) => `${textReport(report, plainPaint).join('\n')}\n`
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
