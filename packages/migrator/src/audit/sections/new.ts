/**
 * What is new since the baseline, with everything that one needs to mend it; then what is gone; what is known only as counts. It stands
 * first in every format. Pure.
 */
import { plural } from '../../errors.ts'
import { type AuditFinding, type AuditReport, countsByRule, NO_DOMAIN, placeText } from '../report.ts'
import type { AgainstBaseline } from '../weight/verdict.ts'
import type { Block, Section, Words } from './blocks.ts'
import { figure } from './words.ts'

/** A longer table is too much for a page; findings have a list there that takes any number of them. */
const LONGEST_TABLE = 1000

export function newSection({ findings }: AuditReport, baseline: AgainstBaseline): Section {
  const fresh = findings.filter(({ known }) => !known)
  return {
    id: 'new',
    title: `New since the baseline (${figure(fresh.length)})`,
    blocks: fresh.length === 0 ? [{ kind: 'paragraph', words: ['Nothing.'] }] : newBlocks(fresh),
    sections: [...goneSections(baseline), knownSection(findings, baseline)],
  }
}

const newBlocks = (fresh: readonly AuditFinding[]): Block[] =>
  fresh.length > LONGEST_TABLE
    ? [...Map.groupBy(fresh, ({ rule }) => rule)].map(([rule, own]) => ({
        kind: 'findings',
        rule,
        lines: own.map((finding) => ({ kind: 'finding', finding })),
      }))
    : [
        {
          kind: 'table',
          head: ['Rule', 'Severity', 'Where', 'Owner', 'Found', 'Expected', 'Remedy'],
          rows: fresh.map((finding): Words[] => [
            [{ strong: finding.rule }],
            [finding.severity],
            [{ code: placeText(finding) }],
            [finding.owner ?? NO_DOMAIN],
            [finding.found],
            [finding.expected],
            [finding.remedy],
          ]),
        },
      ]

function goneSections({ gone, file }: AgainstBaseline): Section[] {
  if (gone.length === 0) return []
  const command = `npx nx run migrator:audit -- --baseline ${file} --write-baseline ${file}`
  return [
    {
      id: 'gone',
      title: `In the baseline and no longer found (${figure(gone.length)})`,
      blocks: [
        {
          kind: 'list',
          items: gone.map((entry): Words => [`${entry.rule} `, { code: placeText(entry) }, `: ${entry.found}`]),
        },
        {
          kind: 'steps',
          steps: [
            { words: ['Write the baseline again, so that they count as new if they come back:'], commands: [command] },
          ],
        },
      ],
    },
  ]
}

function knownSection(findings: readonly AuditFinding[], { file, known, unseen }: AgainstBaseline): Section {
  const rows = countsByRule({ findings: findings.filter((finding) => finding.known) })
  const words: Words = [{ strong: figure(known) }, ' known, accepted in ', { code: file }, '.']
  const kept = `${plural(unseen.length, 'entry', 'entries')} of it could not be looked for, and ${unseen.length === 1 ? 'stays' : 'stay'} in force.`
  return {
    id: 'known',
    title: `Known (${figure(known)})`,
    blocks: [
      { kind: 'paragraph', words: unseen.length === 0 ? words : [...words, ` ${kept}`] },
      ...(rows.length === 0
        ? []
        : [
            {
              kind: 'table' as const,
              head: ['Rule', 'Errors', 'Warnings'],
              rows: rows.map((one): Words[] => [[one.name], [figure(one.errors)], [figure(one.warnings)]]),
              right: [1, 2],
            },
          ]),
    ],
  }
}
