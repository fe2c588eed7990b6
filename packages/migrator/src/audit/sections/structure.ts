/**
 * What the rules found, as a section: first the three parts of the audit that this project began with, defaults, soft delete and foreign
 * keys, then everything else by what it can cost. Pure.
 */
import { STAKES, type Stake } from '../../rules/finding.ts'
import { GAP_RULE } from '../gap/gap-findings.ts'
import { type AuditFinding, type AuditReport, countsByRule, ruleOf } from '../report.ts'
import { folded } from '../weight/folded.ts'
import type { Share } from '../weight/share.ts'
import type { Block, Section, Words } from './blocks.ts'
import { PARTS } from './structure-parts.ts'
import { figure } from './words.ts'

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
      blocks: [sharesBlock(part.figures(report.figures))],
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

/** Of something that the database has none of, nothing is said. */
function sharesBlock(shares: readonly (readonly [what: string, share: Share])[]): Block {
  const rows = shares.filter(([, { of }]) => of > 0)
  return rows.length === 0
    ? { kind: 'paragraph', words: ['The database has none.'] }
    : {
        kind: 'table',
        head: ['Counted', 'Found', 'Of'],
        rows: rows.map(([what, { count, of }]): Words[] => [[what], [{ strong: figure(count) }], [figure(of)]]),
        right: [1, 2],
      }
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
      ...(fresh.length === 0 ? [] : [{ kind: 'findings' as const, rule: name, lines: folded(fresh) }]),
    ],
  }
}
