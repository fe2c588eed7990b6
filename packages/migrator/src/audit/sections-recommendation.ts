/**
 * What to do, in order, with the commands. A step is there only where something was found for it. The migrations of V1 repair no old table, so
 * the way to V1 is a new database beside the old one. Pure.
 */
import { plural } from '../errors.ts'
import type { Block, Section, Words } from './blocks.ts'
import { GAP_RULE } from './gap-findings.ts'
import { type AuditReport, isFailure } from './report.ts'
import { figure, namesWords } from './words.ts'

type Step = Extract<Block, { kind: 'steps' }>['steps'][number]

const AUDIT = 'npx veza-migrator audit'

export function recommendationSection(report: AuditReport): Section {
  const steps = [
    ...exposureSteps(report),
    ...driftSteps(report),
    ...(needsCleanSlate(report) ? cleanSlate(report) : pendingSteps(report)),
    ...correctionSteps(report),
    ...watchSteps(report),
  ]
  const blocks: Block[] =
    steps.length > 0
      ? [{ kind: 'steps', steps }]
      : [{ kind: 'paragraph', words: ['Nothing to do: keep the audit in CI, so that it stays so.'] }]
  return { id: 'recommendation', title: 'Recommendation', blocks }
}

/** Whether the database was made by something else than these migrations, and differs from what they make. */
const needsCleanSlate = ({ drift, gap }: AuditReport): boolean =>
  drift === null && gap.primaryKeys.length + gap.missingTables.length + gap.tables.length > 0

function exposureSteps({ findings }: AuditReport): Step[] {
  const own = findings.filter((finding) => isFailure(finding) && finding.stake === 'exposure')
  if (own.length === 0) return []
  const rules = [...new Set(own.map(({ rule }) => rule))].join(', ')
  return [
    {
      words: [
        { strong: 'Close today what lets people in or shows secrets' },
        `: ${plural(own.length, 'finding')} of ${rules}, each with its remedy above. They do not wait for anything below.`,
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
        `Write a migration for each of the ${plural(count, 'change')} made by hand, or undo it: the next run relies on what the history says.`,
      ],
      commands: ['npx nx run migrator:status -- --drift'],
    },
  ]
}

const pendingSteps = ({ drift, gap }: AuditReport): Step[] =>
  drift === null || gap.missingTables.length === 0
    ? []
    : [
        {
          words: ['Apply what is pending.'],
          commands: ['npx nx run migrator:up -- --dry-run', 'npx nx run migrator:up'],
        },
      ]

function cleanSlate(report: AuditReport): Step[] {
  return [
    {
      words: ['Hold the old database still: what is known today is accepted, and CI fails on whatever is added to it.'],
      commands: [`${AUDIT} --write-baseline audit.baseline.json`, `${AUDIT} --baseline audit.baseline.json`],
    },
    {
      words: ['Archive the old migrations: V1 defines the final state and does not need them.'],
      commands: [
        'npx nx run migrator:archive -- --from <old migrations> --to <archive> --dry-run',
        'npx nx run migrator:archive -- --from <old migrations> --to <archive>',
      ],
    },
    {
      words: [
        'Keep everything before anything moves: a dump of the old database that was restored once, to see that it can be.',
      ],
      commands: ['pg_dump --format custom --file old.dump "$OLD_URL"', 'pg_restore --dbname "$TRIAL_URL" old.dump'],
    },
    {
      words: ['Build V1 in an empty database beside the old one.'],
      commands: ['DATABASE_URL="$NEW_URL" npx nx run migrator:up', `${AUDIT} --database-url "$NEW_URL"`],
    },
    ...exportSteps(report),
    ...keySteps(report),
    ...copySteps(report),
    {
      words: [
        'Compare both before the services are switched, switch them, and keep the old database read-only until nobody asks for it any more.',
      ],
      commands: [`${AUDIT} --database-url "$NEW_URL"`],
    },
  ]
}

/** What V1 has no place for has to be taken out, or decided about, before the old database goes. */
function exportSteps({ gap }: AuditReport): Step[] {
  const unknown = [...gap.unknownTables].sort((a, b) => b.estimatedRows - a.estimatedRows)
  const columns = gap.tables.flatMap(({ table, differences }) =>
    differences
      .filter(({ kind, change }) => kind === 'column' && change === 'added')
      .map(({ name }) => `${table}.${name}`),
  )
  return [
    ...(unknown.length === 0
      ? []
      : [
          {
            words: [
              `Export first, or decide to lose: ${plural(unknown.length, 'table')} that V1 does not know, about ${figure(unknown.reduce((all, one) => all + one.estimatedRows, 0))} rows (`,
              ...namesWords(
                unknown.map(({ table }) => table),
                5,
              ),
              '). For each of them a domain writes a migration, or its rows stay in the dump only.',
            ] satisfies Words,
          },
        ]),
    ...(columns.length === 0
      ? []
      : [
          {
            words: [
              `Do the same for ${plural(columns.length, 'column')} that V1’s tables do not have (`,
              ...namesWords(columns, 5),
              ').',
            ] satisfies Words,
          },
        ]),
  ]
}

function keySteps({ keys }: AuditReport): Step[] {
  const changing = keys.filter(({ isInV1, isRight, current }) => isInV1 && !isRight && current !== 'none')
  if (changing.length === 0) return []
  const ready = changing.filter(({ uuids }) => uuids.some(({ unique, notNull }) => unique && notNull))
  const dragged = changing.reduce((all, { drags }) => all + drags.length, 0)
  return [
    {
      words: [
        `Give each old key of ${plural(changing.length, 'table')} a uuid once, in a table that maps the old key to the new one.`,
        ...(dragged === 0 ? [] : [` Translate by it what references such a key: ${plural(dragged, 'column')}.`]),
        ...(ready.length === 0
          ? []
          : [
              ' The uuid that is there already serves in ',
              ...namesWords(
                ready.map(({ table }) => table),
                5,
              ),
              '.',
            ]),
      ],
    },
  ]
}

function copySteps({ keys, copying }: AuditReport): Step[] {
  const shared = new Set(keys.filter(({ isInV1 }) => isInV1).map(({ table }) => table))
  const order = copying.tables.filter((name) => shared.has(name))
  if (order.length === 0) return []
  const circular = copying.circular.filter((name) => shared.has(name))
  return [
    {
      words: [
        'Copy the rows in this order, so that what is referenced is there first: ',
        ...namesWords(order, Number.POSITIVE_INFINITY),
        '.',
        ...(circular.length === 0
          ? []
          : [
              ' References in a circle begin at ',
              ...namesWords(circular),
              ': insert its rows without them, and fill them in at the end.',
            ]),
      ],
    },
  ]
}

function correctionSteps({ findings, drift }: AuditReport): Step[] {
  // On the way to V1 the old tables are left behind, so nothing of them is corrected.
  if (drift === null && findings.some(({ rule }) => rule === GAP_RULE.name)) return []
  const failing = Map.groupBy(
    findings.filter((finding) => isFailure(finding) && finding.rule !== GAP_RULE.name),
    ({ rule }) => rule,
  )
  // The findings are sorted, so these are the gravest.
  const gravest = [...failing].slice(0, 3)
  if (gravest.length === 0) return []
  return [
    {
      words: [
        `Correct first ${gravest.map(([name, own]) => `${name} (${own.length})`).join(', ')}: the remedies stand beside the findings.`,
      ],
    },
  ]
}

const watchSteps = ({ findings }: AuditReport): Step[] =>
  findings.every(({ known }) => known)
    ? []
    : [
        {
          words: ['Accept what stays, and run the audit in CI: from then on only what is new fails.'],
          commands: [`${AUDIT} --write-baseline audit.baseline.json`, `${AUDIT} --baseline audit.baseline.json`],
        },
      ]
