/** Report → lines for a terminal. The most important part comes first; where a list is cut, a line says where the rest is. Pure. */

import type { CatalogDifference } from '../catalog/compare.ts'
import { plural } from '../errors.ts'
import type { Paint } from '../verb.ts'
import { aligned } from './columns.ts'
import { driftText } from './drift.ts'
import type { Gap } from './gap.ts'
import { GAP_RULE } from './gap-findings.ts'
import { printable } from './printable.ts'
import {
  type AuditFinding,
  type AuditReport,
  type Count,
  countsByDomain,
  countsByRule,
  isFailure,
  NO_DOMAIN,
  placeText,
  ruleOf,
  total,
} from './report.ts'

const MOST_LINES = 8

export function textReport(found: AuditReport, paint: Paint): string[] {
  const report = printable(found)
  const { tables, migrations, gap, notes } = report
  return [
    `${plural(tables, 'table')}, compared with V1 (${plural(migrations, 'migration')} of ${report.domains.join(', ')}).`,
    ...notes.map((note) => paint('dim', note)),
    ...keyLines(gap, paint),
    ...gapLines(gap, paint),
    ...driftLines(report, paint),
    ...countLines(report, paint),
    ...ruleLines(report, paint),
    '',
    conclusion(report, paint),
  ]
}

const heading = (words: string, paint: Paint): string[] => ['', paint('bold', words)]

function keyLines({ primaryKeys }: Gap, paint: Paint): string[] {
  if (primaryKeys.length === 0) return []
  const rows = primaryKeys.map(({ domain, table, current, target }) => [domain, table, current, target])
  const [head, ...lines] = aligned([['Domain', 'Table', 'Current PK', 'Target V1 PK'], ...rows])
  return [
    ...heading(`primary keys to change (${primaryKeys.length})`, paint),
    `  ${paint('dim', head!)}`,
    ...lines.map((line) => `  ${line}`),
  ]
}

function gapLines({ missingTables, unknownTables, tables, others }: Gap, paint: Paint): string[] {
  const parts = [
    ...short(
      missingTables,
      `${plural(missingTables.length, 'table')} that V1 has and this database lacks`,
      ({ domain, table }) => `${table} (${domain})`,
    ),
    ...short(unknownTables, `${plural(unknownTables.length, 'table')} that V1 does not know`, ({ table }) => table),
    ...short(
      tables,
      `${plural(tables.length, 'table')} with differences`,
      ({ table, domain, differences }) => `${table} (${domain}): ${kindsText(differences)}`,
    ),
    ...short(
      others,
      `${plural(others.length, 'other object')} with differences`,
      ({ kind, name, change }) => `${kind} ${name}: ${change}`,
    ),
  ]
  return [...heading('gap to V1', paint), ...(parts.length === 0 ? ['  none'] : parts)]
}

const PLURALS: Readonly<Record<string, string>> = { index: 'indexes', policy: 'policies' }

/** `3 columns, 1 constraint`. */
export function kindsText(differences: readonly CatalogDifference[]): string {
  const kinds = Map.groupBy(differences, ({ kind }) => kind)
  return [...kinds]
    .map(([kind, own]) =>
      own.length > 1 && kind in PLURALS ? `${own.length} ${PLURALS[kind]}` : plural(own.length, kind),
    )
    .join(', ')
}

function short<T>(items: readonly T[], title: string, lineOf: (item: T) => string): string[] {
  if (items.length === 0) return []
  const lines = items.slice(0, MOST_LINES).map((item) => `    ${lineOf(item)}`)
  const more = items.length - lines.length
  return [`  ${title}`, ...lines, ...(more > 0 ? [`    ... and ${more} more: --format json has all`] : [])]
}

function driftLines({ drift }: AuditReport, paint: Paint): string[] {
  if (drift === null) return []
  const found = short(drift.differences, plural(drift.differences.length, 'object'), driftText)
  return [
    ...heading(`drift from the ${plural(drift.applied, 'applied migration')}`, paint),
    ...(found.length === 0 ? ['  none'] : found),
  ]
}

function countLines(report: AuditReport, paint: Paint): string[] {
  if (report.findings.length === 0) return []
  const table = (name: string, counts: readonly Count[]) => {
    const rows = counts.map((count) => [count.name, String(count.errors), String(count.warnings)])
    const [head, ...lines] = aligned([[name, 'errors', 'warnings'], ...rows], [1, 2])
    return ['', `  ${paint('dim', head!)}`, ...lines.map((line) => `  ${line}`)]
  }
  return [
    ...heading('findings', paint).slice(0, 2),
    ...table('rule', countsByRule(report)),
    ...table('domain', countsByDomain(report)),
  ]
}

function ruleLines({ findings }: AuditReport, paint: Paint): string[] {
  return [...Map.groupBy(findings, ({ rule }) => rule)].flatMap(([name, own]) => {
    // The gap has its own section, above.
    if (name === GAP_RULE.name) return []
    const lines = own.slice(0, MOST_LINES).map((finding) => `  ${findingText(finding, paint)}`)
    const more = own.length - lines.length
    return [
      ...heading(name, paint),
      `  ${paint('dim', ruleOf(name)?.summary ?? '')}`,
      ...lines,
      ...(more > 0 ? [`  ... and ${more} more: --format json has all`] : []),
    ]
  })
}

function findingText(finding: AuditFinding, paint: Paint): string {
  const { severity, known, owner, found, expected } = finding
  const weight = known
    ? paint('dim', 'known  ')
    : severity === 'error'
      ? paint('red', 'error  ')
      : paint('yellow', 'warning')
  return `${weight}  ${placeText(finding)} ${paint('dim', `(${owner ?? NO_DOMAIN})`)}: ${found}; expected ${expected}`
}

function conclusion(report: AuditReport, paint: Paint): string {
  const { errors, warnings } = total(report)
  const known = report.findings.filter((finding) => finding.known).length
  const failures = report.findings.filter(isFailure).length
  const parts = [`${plural(errors, 'error')}, ${plural(warnings, 'warning')}`]
  if (known > 0) parts.push(`${known} of them known`)
  if (report.gone > 0)
    parts.push(
      `${plural(report.gone, 'entry').replace('entrys', 'entries')} of the baseline no longer found: write the baseline again`,
    )
  return `${failures > 0 ? paint('red', 'failed') : paint('green', 'passed')}: ${parts.join('; ')}.`
}
