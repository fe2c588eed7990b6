/**
 * One fault is told once. Several rules see it from their sides: a column of the type timestamp without a zone, NULL allowed, without a
 * default, is one column to mend. The rule that asks for the most tells it; docs/audit.md has the same table. Pure.
 */
import type { RuleFinding } from './finding.ts'

export interface Once {
  /** What is told once, for the documentation. */
  readonly fault: string
  readonly toldBy: string
  readonly notBy: readonly string[]
  /** What the findings have in common: a column of a table, or an index, constraint or trigger of it. */
  readonly same: 'column' | 'object'
  /** Whether what the other rules ask for has to be done too; it is then added to the remedy that is told. */
  readonly adds?: true
}

export const ONCE: readonly Once[] = [
  {
    fault: 'A key that is a number from a sequence, or a text: it becomes a uuid',
    toldBy: 'pk-uuid',
    notBy: ['sequence-left', 'text-type'],
    same: 'column',
  },
  {
    fault: 'A time in the wrong type, which is nullable or has another default too: one ALTER TABLE',
    toldBy: 'timestamp-tz',
    notBy: ['timestamp-not-null', 'timestamp-default'],
    same: 'column',
    adds: true,
  },
  {
    fault: 'A time in text, or in a number whose unit nobody says',
    toldBy: 'timestamp-tz',
    notBy: ['text-type', 'comment', 'epoch-number'],
    same: 'column',
  },
  {
    fault: 'An instant as a number of seconds or milliseconds: the unit goes with it',
    toldBy: 'epoch-number',
    notBy: ['comment', 'timestamp-default'],
    same: 'column',
  },
  {
    fault: 'A default that is one instant for ever, where a clock was meant',
    toldBy: 'frozen-default',
    notBy: ['timestamp-default'],
    same: 'column',
  },
  {
    fault: 'A time that may be NULL and has no default, or another one',
    toldBy: 'timestamp-not-null',
    notBy: ['timestamp-default'],
    same: 'column',
    adds: true,
  },
  {
    fault: 'A secret in plain text: the column goes',
    toldBy: 'secret',
    notBy: ['text-type', 'comment'],
    same: 'column',
  },
  {
    fault: 'An instant kept as a number: it becomes a timestamptz',
    toldBy: 'epoch-number',
    notBy: ['comment'],
    same: 'column',
  },
  {
    fault: 'A time of the past as the default, which was meant to be a clock',
    toldBy: 'frozen-default',
    notBy: ['timestamp-default'],
    same: 'column',
  },
  {
    fault: 'A list of ids: the column goes',
    toldBy: 'id-list',
    notBy: ['text-type', 'comment'],
    same: 'column',
  },
  {
    fault: 'A text that gets a CHECK with its values, which says the limit too',
    toldBy: 'list-without-check',
    notBy: ['text-type'],
    same: 'column',
  },
  {
    fault: 'A closed list in a varchar: its CHECK says the limit',
    toldBy: 'closed-list',
    notBy: ['text-type'],
    same: 'column',
  },
  {
    fault: 'A text of a few values, with a limit: the CHECK says both',
    toldBy: 'list-without-check',
    notBy: ['text-type'],
    same: 'column',
  },
  {
    fault: 'A list of ids in one column: it becomes a table',
    toldBy: 'id-list',
    notBy: ['text-type', 'comment', 'json-type', 'reference-without-fk', 'reference-dangling'],
    same: 'column',
  },
  {
    fault: 'A reference whose type changes with its foreign key',
    toldBy: 'reference-without-fk',
    notBy: ['text-type'],
    same: 'column',
  },
  {
    fault: 'A foreign key into another schema: it is dropped',
    toldBy: 'scope',
    notBy: ['fk-on-delete', 'fk-index', 'fk-type-match', 'naming', 'invalid-object'],
    same: 'object',
  },
  {
    fault: 'A key on, or a foreign key to, an event table: it is dropped',
    toldBy: 'event-table',
    notBy: ['fk-on-delete', 'fk-index', 'fk-type-match', 'naming', 'invalid-object', 'soft-delete'],
    same: 'object',
  },
  {
    fault: 'An index that is there twice: one is dropped',
    toldBy: 'duplicate-index',
    notBy: ['naming', 'soft-delete', 'event-table', 'prefix-index'],
    same: 'object',
  },
  {
    fault: 'An index that is the beginning of another: it is dropped',
    toldBy: 'prefix-index',
    notBy: ['naming'],
    same: 'object',
  },
  {
    fault: 'A constraint that is there twice: one is dropped',
    toldBy: 'duplicate-constraint',
    notBy: ['naming', 'fk-on-delete', 'fk-type-match', 'invalid-object'],
    same: 'object',
  },
  {
    fault: 'A trigger for updated_at that is replaced',
    toldBy: 'updated-at-trigger',
    notBy: ['naming'],
    same: 'object',
  },
]

/** A finding before it is told; `about` names the index, constraint or trigger. */
type Found = RuleFinding & { readonly about?: string | undefined }

const OTHERS = new Map(
  [...new Set(ONCE.flatMap(({ notBy }) => notBy))].map((rule) => [
    rule,
    ONCE.filter(({ notBy }) => notBy.includes(rule)),
  ]),
)
const TELLERS = new Set(ONCE.map(({ toldBy }) => toldBy))

/** The findings of the rules that tell for others: by rule and what they have in common, then table, then the column or object. */
type Told = Map<string, Map<string | null, Map<string, Found>>>

const commonOf = ({ column, about }: Found, same: Once['same']): string | null | undefined =>
  same === 'column' ? column : about

export function toldOnce(findings: readonly Found[]): RuleFinding[] {
  const told: Told = new Map()
  for (const finding of findings) {
    if (!TELLERS.has(finding.rule)) continue
    for (const same of ['column', 'object'] as const) {
      const what = commonOf(finding, same)
      if (what == null) continue
      const ofRule = `${finding.rule} ${same}`
      const tables = told.get(ofRule) ?? told.set(ofRule, new Map()).get(ofRule)!
      const ofTable = tables.get(finding.table) ?? tables.set(finding.table, new Map()).get(finding.table)!
      if (!ofTable.has(what)) ofTable.set(what, finding)
    }
  }
  const added = new Map<Found, Found[]>()
  const kept = findings.filter((finding) => {
    const teller = tellerOf(finding, told)
    if (teller?.adds) added.set(teller.finding, [...(added.get(teller.finding) ?? []), finding])
    return teller === undefined
  })
  return kept.map((finding) => (added.get(finding) ?? []).reduce(withMore, withoutAbout(finding)))
}

/** A finding that says nothing of it is not copied: there are hundreds of thousands in a large database. */
function withoutAbout(finding: Found): RuleFinding {
  if (!('about' in finding)) return finding
  const { about: _, ...rest } = finding
  return rest
}

/** Who tells what this finding is about; undefined if it is told itself. A teller that is told by another one leads to that one. */
function tellerOf(finding: Found, told: Told): { finding: Found; adds: boolean } | undefined {
  for (const { toldBy, same, adds = false } of OTHERS.get(finding.rule) ?? []) {
    const what = commonOf(finding, same)
    const teller = what == null ? undefined : told.get(`${toldBy} ${same}`)?.get(finding.table)?.get(what)
    if (teller !== undefined) return { finding: tellerOf(teller, told)?.finding ?? teller, adds }
  }
  return undefined
}

/** The remedy of both, as severe as the graver of both. `found` stays: it is what a baseline knows the finding by. */
function withMore(finding: RuleFinding, { expected, remedy, severity }: RuleFinding): RuleFinding {
  return {
    ...finding,
    expected: bothOf(finding.expected, expected),
    remedy: `${finding.remedy.replace(/\.$/, '')}; ${remedy.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`,
    severity: severity === 'error' ? 'error' : finding.severity,
  }
}

/** `timestamptz` and `timestamptz NOT NULL` are the latter; `timestamptz, DEFAULT now()` and it are `timestamptz NOT NULL, DEFAULT now()`. */
function bothOf(one: string, other: string): string {
  if (one.includes(other)) return one
  const [first = '', ...rest] = one.split(', ')
  return other.startsWith(first) ? [other, ...rest].join(', ') : `${one}, ${other}`
}
