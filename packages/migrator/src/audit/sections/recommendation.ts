/**
 * What to do, in order, with the commands. A step is there only where something was found for it. The migrations of V1 repair no old table, so
 * the way to V1 is a new database beside the old one. Pure.
 */
import { plural } from '../../errors.ts'
import { GAP_RULE } from '../gap/gap-findings.ts'
import { UNREAD_RULE } from '../live/unread.ts'
import { type AuditReport, isFailure, placeText } from '../report.ts'
import type { Block, Section } from './blocks.ts'
import { exportSteps, type Step } from './steps-export.ts'
import { figure, namesWords } from './words.ts'

const AUDIT = 'npx veza-migrator audit'
const ARCHIVE = 'npx nx run migrator:archive -- --from old/migrations --to old/archive'

export function recommendationSection(report: AuditReport): Section {
  const steps = [
    ...unreadSteps(report),
    ...exposureSteps(report),
    ...driftSteps(report),
    ...(needsCleanSlate(report) ? cleanSlate(report) : [...pendingSteps(report), ...correctionSteps(report)]),
  ]
  const blocks: Block[] =
    steps.length > 0
      ? [...introduction(report), { kind: 'steps', steps: [...steps, ...watchSteps(report)] }]
      : [{ kind: 'paragraph', words: ['Nothing to do: keep the audit in CI, so that it stays so.'] }]
  return { id: 'recommendation', title: 'Recommendation', blocks }
}

/** Whether the database was made by something else than these migrations, and differs from what they make. */
const needsCleanSlate = ({ drift, gap }: AuditReport): boolean =>
  drift === null && gap.primaryKeys.length + gap.missingTables.length + gap.tables.length > 0

function introduction(report: AuditReport): Block[] {
  if (!needsCleanSlate(report)) return []
  const { keys, gap } = report
  const shared = keys.filter(({ isInV1 }) => isInV1).length
  const all = shared + gap.missingTables.length
  if (keys.length > 0 && shared === 0)
    return [
      said(
        `None of V1’s ${plural(all, 'table')} is here. Make sure that this is the database that was meant before anything else is done.`,
      ),
    ]
  return [
    said(
      `A clean slate: V1 is built beside the old database and the rows move over, since no migration of V1 alters an old table. ${figure(shared)} of V1’s ${plural(all, 'table')} are here under their name.`,
    ),
  ]
}

/** Before anything that is decided on this report: it says nothing of these. */
function unreadSteps({ findings }: AuditReport): Step[] {
  const own = findings.filter((finding) => finding.rule === UNREAD_RULE.name && isFailure(finding))
  if (own.length === 0) return []
  return [
    {
      words: [
        { strong: 'Audit again what could not be looked at' },
        ': ',
        ...namesWords([...new Set(own.map(placeText))]),
        '. What hindered it stands beside the finding; nothing below speaks of it.',
      ],
    },
  ]
}

function exposureSteps({ findings }: AuditReport): Step[] {
  const own = findings.filter((finding) => isFailure(finding) && finding.stake === 'exposure')
  if (own.length === 0) return []
  const rules = [...new Set(own.map(({ rule }) => rule))].join(', ')
  return [
    {
      words: [
        { strong: 'Close today what lets people in or shows secrets' },
        `: ${plural(own.length, 'finding')} of ${rules}, with the remedies above. This waits for nothing below.`,
      ],
    },
  ]
}

function driftSteps({ drift }: AuditReport): Step[] {
  const count = drift?.differences.length ?? 0
  if (count === 0) return []
  return [
    {
      words: [
        `Write a migration for what was changed by hand (${plural(count, 'object')}), or undo it: the next run relies on what the history says.`,
      ],
      commands: ['npx nx run migrator:status -- --drift'],
    },
  ]
}

const pendingSteps = ({ drift, migrations }: AuditReport): Step[] =>
  drift === null || drift.applied >= migrations
    ? []
    : [
        {
          words: [
            `Apply what is pending: ${plural(migrations - drift.applied, 'migration')} of ${figure(migrations)}.`,
          ],
          commands: ['npx nx run migrator:up -- --dry-run', 'npx nx run migrator:up'],
        },
      ]

function cleanSlate(report: AuditReport): Step[] {
  if (report.keys.length === 0) return [buildStep]
  return [
    {
      words: [
        { strong: 'Stop changes by hand' },
        ': from here on nobody alters the old database. What is known today is accepted, and CI fails on whatever is added to it.',
      ],
      commands: [`${AUDIT} --write-baseline audit.baseline.json`, `${AUDIT} --baseline audit.baseline.json`],
    },
    {
      words: [
        { strong: 'Archive the old migrations' },
        ': V1 defines the final state and does not need them. The paths are an example.',
      ],
      commands: [`${ARCHIVE} --dry-run`, ARCHIVE],
    },
    buildStep,
    {
      words: [
        { strong: 'Keep everything before anything moves' },
        ': a dump of the old database, restored once into an empty one, to see that it can be. What follows reads that copy.',
      ],
      commands: ['pg_dump --format custom --file old.dump "$OLD_URL"', 'pg_restore --dbname "$TRIAL_URL" old.dump'],
    },
    ...exportSteps(report),
    {
      words: [
        { strong: 'Switch' },
        ': stop the services, copy what has changed since, count the rows of every table on both sides, start the services on the new database, and keep the old one read-only until nobody asks for it any more.',
      ],
    },
  ]
}

const buildStep: Step = {
  words: [{ strong: 'Build V1 in an empty database' }, ', and audit it: it has nothing to accept.'],
  commands: ['DATABASE_URL="$NEW_URL" npx nx run migrator:up', `${AUDIT} --database-url "$NEW_URL"`],
}

function correctionSteps({ findings }: AuditReport): Step[] {
  const told = new Set<string>([GAP_RULE.name, UNREAD_RULE.name])
  const failing = findings.filter((finding) => isFailure(finding) && !told.has(finding.rule))
  // The findings are sorted by what they can cost.
  const gravest = [...Map.groupBy(failing, ({ rule }) => rule)].slice(0, 3)
  if (gravest.length === 0) return []
  return [
    {
      words: [
        `Correct first ${gravest.map(([rule, own]) => `${rule} (${figure(own.length)})`).join(', ')}, each in a migration of its domain: the remedies stand beside the findings.`,
      ],
    },
  ]
}

/** The database that CI audits is the new one where there is a clean slate: it begins without any finding. */
function watchSteps(report: AuditReport): Step[] {
  if (needsCleanSlate(report))
    return [
      {
        words: [
          { strong: 'Keep it so' },
          ': audit the new database in CI, where it fails on the first finding, and compare staging with production before each deploy.',
        ],
        commands: [`${AUDIT} --database-url "$NEW_URL"`, `${AUDIT} --compare STAGING_URL PRODUCTION_URL`],
      },
    ]
  if (report.findings.every(({ known, rule }) => known || rule === UNREAD_RULE.name)) return []
  return [
    {
      words: ['Accept what stays, and run the audit in CI: from then on only what is new fails.'],
      commands: [`${AUDIT} --write-baseline audit.baseline.json`, `${AUDIT} --baseline audit.baseline.json`],
    },
  ]
}

const said = (words: string): Block => ({ kind: 'paragraph', words: [words] })
