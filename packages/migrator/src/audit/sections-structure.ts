/**
 * What the rules found, as a section: first the three parts of the audit that this project began with, defaults, soft delete and foreign
 * keys, then everything else by what it can cost. Pure.
 */
import { plural } from '../errors.ts'
import { STAKES, type Stake } from '../rules/finding.ts'
import type { Block, Section, Words } from './blocks.ts'
import type { Figures } from './figures.ts'
import { folded, type Line } from './folded.ts'
import { GAP_RULE } from './gap-findings.ts'
import { type AuditFinding, type AuditReport, countsByRule, NO_DOMAIN, placeText, ruleOf } from './report.ts'
import { figure } from './words.ts'

interface Part {
  readonly id: string
  readonly title: string
  readonly rules: readonly string[]
  /** What was counted, each with what it is a part of. */
  figures(figures: Figures): readonly Words[]
}

const share = ({ count, of }: { readonly count: number; readonly of: number }): string =>
  `${figure(count)} of ${figure(of)}`

const PARTS: readonly Part[] = [
  {
    id: 'defaults',
    title: 'Defaults',
    rules: ['timestamp-default'],
    figures: ({ times, keys }) => [
      [
        { strong: `${plural(times.defaults.now, 'default')} with now()` },
        `, ${figure(times.defaults.currentTimestamp)} with CURRENT_TIMESTAMP, ${figure(times.defaults.other)} with another clock`,
      ],
      ...(keys.uuidDefaults.length === 0
        ? []
        : [[`uuid keys are filled by ${keys.uuidDefaults.map(({ name, count }) => `${name} (${count})`).join(', ')}`]]),
    ],
  },
  {
    id: 'soft-delete',
    title: 'Soft delete',
    rules: ['soft-delete'],
    figures: ({ softDelete }) => [
      [{ strong: `${share(softDelete.deletedAt)} tables` }, ' have deleted_at'],
      [{ strong: `${share(softDelete.uniqueOverDeleted)} unique indexes` }, ' of those count deleted rows too'],
    ],
  },
  {
    id: 'foreign-keys',
    title: 'Foreign keys',
    rules: ['fk-on-delete', 'reference-without-fk', 'reference-dangling', 'fk-type-match', 'fk-index', 'fk-duplicate'],
    figures: ({ references }) => [
      [{ strong: `${share(references.withoutOnDelete)} foreign keys` }, ' without ON DELETE'],
      [{ strong: `${share(references.withoutIndex)} foreign keys` }, ' without an index'],
    ],
  },
]

const STAKE_TITLES: Readonly<Record<Stake, string>> = {
  exposure: 'What lets people in, or shows secrets',
  loss: 'What loses rows, or lets them contradict each other',
  outage: 'What slows or stops the service',
  change: 'What makes the next change dear',
  reading: 'What makes the schema hard to read',
}

export function structureSection(report: AuditReport): Section {
  const byRule = Map.groupBy(report.findings, ({ rule }) => rule)
  const told = new Set<string>([GAP_RULE.name])
  const sections: Section[] = PARTS.map((part) => {
    const own = part.rules.filter((name) => byRule.has(name))
    for (const name of own) told.add(name)
    return {
      id: `structure-${part.id}`,
      title: part.title,
      blocks: [{ kind: 'list', items: part.figures(report.figures) }],
      sections: own.map((name) => ruleSection(name, byRule)),
    }
  })
  for (const stake of STAKES) {
    // The findings are sorted, so the first of a rule is its gravest.
    const own = [...byRule].flatMap(([name, [first]]) => (first!.stake === stake && !told.has(name) ? [name] : []))
    if (own.length === 0) continue
    sections.push({
      id: `structure-${stake}`,
      title: STAKE_TITLES[stake],
      blocks: [],
      sections: own.map((name) => ruleSection(name, byRule)),
    })
  }
  return { id: 'structure', title: 'Structural issues', blocks: overview(report), sections }
}

function overview(report: AuditReport): Block[] {
  const counts = countsByRule(report)
  if (counts.length === 0) return [{ kind: 'paragraph', words: ['No rule found anything.'] }]
  return [
    {
      kind: 'table',
      head: ['Rule', 'Errors', 'Warnings'],
      rows: counts.map((one): Words[] => [[{ code: one.name }], [figure(one.errors)], [figure(one.warnings)]]),
      right: [1, 2],
    },
  ]
}

function ruleSection(name: string, byRule: ReadonlyMap<string, readonly AuditFinding[]>): Section {
  const { summary = '', consequence = '' } = ruleOf(name) ?? {}
  const findings = byRule.get(name)!
  const fresh = findings.filter(({ known }) => !known)
  const known = findings.length - fresh.length
  return {
    id: `rule-${name}`,
    title: `${name} (${figure(findings.length)})`,
    blocks: [
      { kind: 'paragraph', words: [`${summary} ${consequence}`] },
      ...(known === 0
        ? []
        : [{ kind: 'paragraph' as const, words: [`${figure(known)} known and accepted in the baseline.`] }]),
      ...(fresh.length === 0 ? [] : [lineTable(folded(fresh))]),
    ],
  }
}

const lineTable = (lines: readonly Line<AuditFinding>[]): Block => ({
  kind: 'table',
  head: ['Severity', 'Where', 'Owner', 'Found', 'Expected', 'Remedy'],
  rows: lines.map((line) => (line.kind === 'finding' ? findingRow(line.finding) : patternRow(line))),
})

const findingRow = (finding: AuditFinding): Words[] => [
  [finding.severity],
  [{ code: placeText(finding) }],
  [finding.owner ?? NO_DOMAIN],
  [finding.found],
  [finding.expected],
  [finding.remedy],
]

function patternRow(line: Extract<Line<AuditFinding>, { kind: 'pattern' }>): Words[] {
  const [first] = line.examples
  return [
    [line.severity],
    [
      { strong: `${figure(line.members.length)} places` },
      ', such as ',
      ...line.examples.flatMap((one, at) => (at === 0 ? [{ code: placeText(one) }] : [', ', { code: placeText(one) }])),
    ],
    [[...new Set(line.members.map(({ owner }) => owner ?? NO_DOMAIN))].join(', ')],
    [line.pattern],
    [`as in the first: ${first!.expected}`],
    [`as in the first: ${first!.remedy}`],
  ]
}
