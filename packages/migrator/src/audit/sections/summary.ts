/**
 * The executive summary: one screen with the verdict, the grade and what made it, the figures, and the gravest faults with what each can
 * cost and where to begin. Pure.
 */
import type { Stake } from '../../rules/finding.ts'
import { type AuditReport, isFailure, total } from '../report.ts'
import type { Grade, Grave } from '../weight/verdict.ts'
import type { Block, Section, Words } from './blocks.ts'
import { figureWords, shareText } from './figures.ts'
import { counted, figure, namesWords } from './words.ts'

/** Before `in 2 of 25 tables`. */
const CAN: Readonly<Record<Stake, string>> = {
  exposure: 'people can get in or see secrets',
  loss: 'rows can be lost or contradict each other',
  outage: 'the service can stop or slow down',
  change: 'the next change is dear',
  reading: 'names and comments are hard to read',
}
const NAMED_RULES = 2
/** Characters of one part of a fault, and of the names of its tables, so that the summary fits a screen. */
const LONGEST = 90
const LONGEST_NAMES = 40
const STATEMENT = /^(ALTER|CREATE|DROP|REVOKE|COMMENT|REINDEX) [A-Z]/

export function summarySection(report: AuditReport): Section {
  const { gravest, figures } = report
  const faults: Block[] =
    gravest.length === 0
      ? []
      : [
          {
            kind: 'paragraph',
            words: [
              { strong: gravest.length === 1 ? 'The fault' : 'The gravest faults' },
              ', what each can cost, and the first step:',
            ],
          },
          { kind: 'steps', steps: gravest.map((grave) => ({ words: graveWords(grave, report) })) },
        ]
  return {
    id: 'summary',
    title: 'Executive summary',
    blocks: [
      { kind: 'paragraph', words: [...gradeWords(report.grade), ' ', ...verdictWords(report)] },
      ...faults,
      { kind: 'list', items: figureWords(figures) },
    ],
  }
}

function verdictWords(report: AuditReport): Words {
  const { errors, warnings } = total(report)
  const known = report.findings.filter((finding) => finding.known).length
  const fails = report.findings.some(isFailure)
  return [
    `${counted(report.tables, 'table')}${rowsText(report.figures.estimatedRows)}: `,
    { strong: counted(errors, 'error') },
    `, ${counted(warnings, 'warning')}`,
    ...(known > 0 ? [`, ${figure(known)} of them known and accepted`] : []),
    fails ? '.' : '; nothing that fails the audit.',
  ]
}

export function gradeWords({ letter, points, reasons, next }: Grade): Words {
  if (letter === null) return [{ strong: 'No grade' }, ': there is no table to judge.']
  const causes = reasons
    .filter((reason) => reason.points > 0)
    .slice(0, 2)
    .map(
      ({ stake, tables, rules }) =>
        `${CAN[stake]} in ${shareText(tables, 'table')} (${rules.slice(0, NAMED_RULES).join(', ')}${rules.length > NAMED_RULES ? ', ...' : ''})`,
    )
  const lift =
    next === null
      ? ''
      : next.letter === 'A'
        ? ' A once no error is left.'
        : ` ${next.letter} once ${next.mend.join(', ')} ${next.mend.length === 1 ? 'is' : 'are'} mended.`
  return [
    { strong: `Grade ${letter}` },
    ` (${points} of 100)${causes.length > 0 ? `: ${causes.join('; ')}` : ''}.${lift}`,
  ]
}

function graveWords(grave: Grave, { figures }: AuditReport): Words {
  const { rule, stake, severity, findings, known, tables, estimatedRows, largest, cost } = grave
  const where =
    tables === 0 ? '' : ` in ${shareText({ count: tables, of: figures.tables }, 'table')}${rowsText(estimatedRows)}`
  // Where they are too long or too many, the first step names the largest.
  const isNamed = tables > 0 && tables <= largest.length && (tables === 1 || largest.join().length <= LONGEST_NAMES)
  return [
    { strong: rule },
    ` (${stake}): ${counted(findings, severity)}${known > 0 ? `, ${figure(known)} known,` : ''}${where}`,
    ...(isNamed ? [' (', ...namesWords(largest), ')'] : []),
    `. ${inShort(cost)} `,
    ...firstWords(grave),
  ]
}

/** A statement names its table; a sentence does not, and it is said unless there is one table only. */
function firstWords({ tables, firstStep: { place, remedy } }: Grave): Words {
  const [table = ''] = place.split('.')
  const step = inShort(remedy)
  const told: Words = STATEMENT.test(step) && step.endsWith('.') ? [{ code: step.slice(0, -1) }, '.'] : [step]
  return tables === 1 || step.includes(table) ? ['First: ', ...told] : ['First, ', { code: place }, ': ', ...told]
}

/** The first step of a remedy, the first half of a consequence: the whole of it stands at the findings. */
function inShort(words: string): string {
  const [first = ''] = words.replace(/\.$/, '').split(/; |\. |: |, then /)
  return first.length <= LONGEST ? `${first}.` : `${first.slice(0, LONGEST).replace(/\s\S*$/, '')} ...`
}

/** Nothing where the planner has no estimate. */
const rowsText = (rows: number): string => (rows > 0 ? ` with about ${counted(rows, 'row')}` : '')
