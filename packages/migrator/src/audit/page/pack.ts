/** Findings → what the HTML page holds of them. Every text is made printable here. Pure. */
import { printableText } from '../formats/printable.ts'
import { type AuditFinding, NO_DOMAIN, ruleOf } from '../report.ts'
import { COLUMN, type Field, type Marks, NONE, type PageFindings, type PageRule, TABLE } from './findings.ts'

type Packed = Pick<
  AuditFinding,
  | 'rule'
  | 'severity'
  | 'confidence'
  | 'stake'
  | 'known'
  | 'table'
  | 'column'
  | 'owner'
  | 'found'
  | 'expected'
  | 'remedy'
  | 'pattern'
>

/** `domains`: the names of the report's domains, in their order. */
export function packed(findings: readonly Packed[], domains: readonly string[]): PageFindings {
  const texts = places(printableTemplate)
  const rules = places(pageRule)
  const marks = places((key): Marks => JSON.parse(key))
  const fields: Record<Field, number[]> = {
    rule: [],
    marks: [],
    table: [],
    column: [],
    domain: [],
    found: [],
    expected: [],
    remedy: [],
    pattern: [],
  }
  const nameAt = (name: string | null | undefined) => (name == null ? NONE : texts.of(withoutSigns(name)))
  for (const finding of findings) {
    const { rule, severity, confidence, stake, known, table, column, owner, found, expected, remedy, pattern } = finding
    fields.rule.push(rules.of(rule))
    fields.marks.push(
      marks.of(`{"severity":"${severity}","confidence":"${confidence}","stake":"${stake}","known":${known}}`),
    )
    fields.table.push(nameAt(table))
    fields.column.push(nameAt(column))
    fields.domain.push(nameAt(owner ?? NO_DOMAIN))
    fields.found.push(texts.of(templateOf(found, finding)))
    fields.expected.push(texts.of(templateOf(expected, finding)))
    fields.remedy.push(texts.of(templateOf(remedy, finding)))
    fields.pattern.push(nameAt(pattern))
  }
  return {
    count: findings.length,
    rules: rules.all,
    marks: marks.all,
    domains: [...domains, NO_DOMAIN],
    texts: texts.all,
    fields,
  }
}

interface Places<T> {
  of(key: string): number
  readonly all: readonly T[]
}

/** Numbers keys in the order in which they first come, and makes a value of each once. */
function places<T>(make: (key: string) => T): Places<T> {
  const at = new Map<string, number>()
  const all: T[] = []
  return {
    all,
    of(key) {
      const place = at.get(key)
      if (place !== undefined) return place
      at.set(key, all.length)
      return all.push(make(key)) - 1
    },
  }
}

/** The text with a sign where a name of the finding stands. The longer name goes first: the shorter one may be a part of it. */
function templateOf(words: string, { table, column }: Pick<Packed, 'table' | 'column'>): string {
  const text = withoutSigns(words)
  const isColumnFirst = (column?.length ?? 0) > (table?.length ?? 0)
  return isColumnFirst
    ? signed(signed(text, column, COLUMN), table, TABLE)
    : signed(signed(text, table, TABLE), column, COLUMN)
}

const signed = (text: string, name: string | null, sign: string): string =>
  name ? text.replaceAll(withoutSigns(name), sign) : text

/** Names may hold any character, the signs too. */
const withoutSigns = (words: string): string =>
  words.includes(TABLE) || words.includes(COLUMN) ? printableText(words) : words

/** Texts are made printable here, once for each template and not for each finding. */
const printableTemplate = (template: string): string =>
  template
    .split(TABLE)
    .map((part) => part.split(COLUMN).map(printableText).join(COLUMN))
    .join(TABLE)

/** A finding of a rule that no list names would be a mistake of ours: it is shown all the same. */
function pageRule(name: string): PageRule {
  const { summary = '', consequence = '' } = ruleOf(name) ?? {}
  return { name, summary, consequence }
}
