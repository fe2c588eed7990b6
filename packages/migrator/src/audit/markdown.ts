/** Report → a document that a team reads, discusses and commits. Pure. */
import { targetText } from '../database/target.ts'
import { plural } from '../errors.ts'
import { driftText } from './drift.ts'
import { GAP_RULE } from './gap-findings.ts'
import { recommendations } from './recommend.ts'
import {
  type AuditReport,
  countsByDomain,
  countsByRule,
  isFailure,
  NO_DOMAIN,
  placeText,
  ruleOf,
  total,
} from './report.ts'
import { kindsText } from './text.ts'

export function markdownReport(report: AuditReport): string {
  const { target, auditedAt } = report
  const sections = [
    [`# Audit of ${code(target.database)} against V1`],
    [`${plain(targetText(target))}, PostgreSQL ${target.serverVersion}, ${auditedAt.toISOString().slice(0, 10)}.`],
    summary(report),
    gap(report),
    structure(report),
    governance(report),
    ['## Recommendation', '', ...recommendations(report).map((step, index) => `${index + 1}. ${step}`)],
  ]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** Escapes Markdown and joins lines, so that a name stays inside its cell of a table. */
const plain = (words: string): string => words.replace(/[\\|*_<>`[\]]/g, '\\$&').replace(/\s+/g, ' ')

function code(words: string): string {
  const flat = words.replace(/\s+/g, ' ').replaceAll('|', '\\|')
  // Text with backticks in it needs a longer run of backticks around it (CommonMark, 6.1).
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${flat}${fence}` : `${fence} ${flat} ${fence}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

function summary(report: AuditReport): string[] {
  const { errors, warnings } = total(report)
  const { gap, drift, findings, notes, tables } = report
  const known = findings.filter((finding) => finding.known).length
  const verdict = findings.some(isFailure) ? 'does not keep' : 'keeps'
  return [
    '## Executive summary',
    '',
    `The database ${verdict} V1's rules: ${plural(errors, 'error')} and ${plural(warnings, 'warning')} in ${plural(tables, 'table')}` +
      `${known > 0 ? `, ${known} of them known and accepted` : ''}.`,
    '',
    `- ${plural(gap.primaryKeys.length, 'table')} with another primary key than V1's`,
    `- ${plural(gap.missingTables.length, 'table')} of V1 missing, ${plural(gap.unknownTables.length, 'table')} that V1 does not know`,
    `- ${plural(gap.tables.length, 'common table')} with differences`,
    drift === null
      ? '- no migration of this repository has been applied'
      : `- ${plural(drift.applied, 'migration')} applied, ${plural(drift.differences.length, 'object')} changed by hand`,
    ...notes.map((note) => `- ${plain(note)}`),
  ]
}

function gap({ gap: { primaryKeys, missingTables, unknownTables, tables, others } }: AuditReport): string[] {
  const keys = table(
    ['Domain', 'Table', 'Current PK', 'Target V1 PK'],
    primaryKeys.map((row) => [row.domain, code(row.table), code(row.current), code(row.target)]),
  )
  const differing = tables.flatMap(({ table: name, domain, differences }) => [
    '',
    `#### ${code(name)} (${domain}): ${kindsText(differences)}`,
    '',
    ...table(
      ['What', 'Name', 'Found', 'Expected'],
      differences.map((one) => [one.kind, code(one.name), cell(one.found), cell(one.expected)]),
    ),
  ])
  const bullets = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : ['', `### ${title}`, '', ...items.map((item) => `- ${item}`)]
  return [
    '## Gap analysis',
    '',
    ...(primaryKeys.length === 0 ? ['Every table that V1 knows has its primary key.'] : keys),
    ...bullets(
      'Tables that V1 has and this database lacks',
      missingTables.map((one) => `${code(one.table)} (${one.domain})`),
    ),
    ...bullets(
      'Tables that V1 does not know',
      unknownTables.map((one) => `${code(one.table)}, about ${plural(one.estimatedRows, 'row')}`),
    ),
    ...bullets(
      'Views, functions, types, sequences',
      others.map((one) => `${one.kind} ${code(one.name)}: ${one.change}`),
    ),
    ...(differing.length === 0 ? [] : ['', '### Common tables that differ', ...differing]),
  ]
}

const cell = (words: string | null): string => (words === null ? '-' : words === '' ? 'present' : code(words))

function structure(report: AuditReport): string[] {
  const counts = countsByRule(report)
  if (counts.length === 0) return ['## Structural issues', '', 'None.']
  return [
    '## Structural issues',
    '',
    ...table(
      ['Rule', 'Errors', 'Warnings'],
      counts.map((one) => [code(one.name), `${one.errors}`, `${one.warnings}`]),
    ),
    ...[...Map.groupBy(report.findings, ({ rule }) => rule)].flatMap(([name, own]) => {
      const { summary: asked = '', consequence = '' } = ruleOf(name) ?? {}
      // The gap has its own section, above.
      if (name === GAP_RULE.name) return []
      const rows = own.map((finding) => [
        finding.known ? 'known' : finding.severity,
        code(placeText(finding)),
        finding.owner ?? NO_DOMAIN,
        plain(finding.found),
        plain(finding.expected),
      ])
      return [
        '',
        `### ${name}`,
        '',
        `${plain(asked)} ${plain(consequence)}`,
        '',
        ...table(['Severity', 'Where', 'Owner', 'Found', 'Expected'], rows),
      ]
    }),
  ]
}

function governance(report: AuditReport): string[] {
  const { gap: found, drift } = report
  const rows = countsByDomain(report).map((one) => [one.name, `${one.errors}`, `${one.warnings}`])
  const strangers = found.unknownTables.length
  return [
    '## Governance',
    '',
    ...(rows.length === 0 ? ['No domain has anything to correct.'] : table(['Domain', 'Errors', 'Warnings'], rows)),
    '',
    strangers === 0
      ? 'Every table has an owner: the domain whose migration makes it.'
      : `${plural(strangers, 'table')} without an owner: no migration makes ${strangers === 1 ? 'it' : 'them'}, so nobody reviews what changes there.`,
    ...(drift === null || drift.differences.length === 0
      ? []
      : [
          '',
          'Changed by hand, past every migration:',
          '',
          ...drift.differences.map((one) => `- ${plain(driftText(one))}`),
        ]),
  ]
}
