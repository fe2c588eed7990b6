/** Report → one page that needs no other file and no network: the sections, then the list of all findings, styles, script and data. Pure. */
import { createHash } from 'node:crypto'
import { targetText } from '../../database/target.ts'
import { findingsSection } from '../page/findings-section.ts'
import { ALL_FINDINGS } from '../page/ids.ts'
import { script, style } from '../page/page.generated.ts'
import type { AuditReport } from '../report.ts'
import type { Section } from '../sections/blocks.ts'
import { sectionsOf } from '../sections/sections.ts'
import { htmlContents, htmlSection } from './html-blocks.ts'
import { htmlText } from './html-text.ts'

/** Nothing is loaded, and of what is in the page only the two texts run or style that the page was made with. */
const POLICY = [
  "default-src 'none'",
  `script-src '${digest(script)}'`,
  `style-src '${digest(style)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

export function htmlReport(report: AuditReport): string {
  return htmlPage(report, sectionsOf(report))
}

/** Apart from htmlReport, so that a test can bring its own sections. */
export function htmlPage(report: AuditReport, sections: readonly Section[]): string {
  const { target, auditedAt, notes } = report
  const title = htmlText(`Audit of ${target.database} against V1`)
  const at = auditedAt.toISOString()
  const contents: readonly Section[] = [...sections, { id: ALL_FINDINGS, title: 'All findings', blocks: [] }]
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<link rel="icon" href="data:,">',
    `<title>${title}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<a class="skip" href="#${ALL_FINDINGS}">Skip to all findings</a>`,
    '<div class="page">',
    '<header>',
    `<h1>${title}</h1>`,
    `<p class="meta">${htmlText(targetText(target))}, PostgreSQL ${htmlText(target.serverVersion)}, <time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time></p>`,
    ...notes.map((note) => `<p class="note">${htmlText(note)}</p>`),
    '</header>',
    `<nav aria-label="Contents">${htmlContents(contents)}</nav>`,
    '<main>',
    ...sections.map((section) => htmlSection(section)),
    findingsSection(report),
    '</main>',
    '</div>',
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
