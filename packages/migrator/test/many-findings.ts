/** A report of as many findings as a test wants, of all rules, in tables of every domain: what a large old database has. */
import type { AuditFinding, AuditReport } from '../src/audit/report.ts'
import { fingerprint } from '../src/audit/report.ts'
import { weighed } from '../src/audit/weight/weigh.ts'
import { rules } from '../src/rules/list.ts'

const DOMAINS = ['core', 'auth', 'social', 'streaming']
/** Twenty that every version has: the numbers of a test stay the same when there are more. */
const RULES = [
  ...[
    'pk-uuid',
    'fk-on-delete',
    'fk-type-match',
    'fk-index',
    'reference-without-fk',
    'timestamp-tz',
    'timestamp-not-null',
  ],
  ...['timestamp-default', 'updated-at-trigger', 'soft-delete', 'secret', 'closed-list', 'text-type', 'event-table'],
  ...['scope', 'naming', 'comment', 'duplicate-index', 'invalid-object', 'sequence-left'],
].map((wanted) => rules.find(({ name }) => name === wanted)!)
const COLUMNS = ['id', 'user_id', 'created_at', 'status', 'amount', 'payload', 'email', 'updated_by']

/** Of 18 findings in a table, in the order of a report. */
export function manyFindings(count: number): AuditFinding[] {
  const findings = Array.from({ length: count }, (_, at): AuditFinding => {
    const rule = RULES[(at * 7) % RULES.length]!
    const number = Math.floor(at / 18)
    const table = `legacy_${['orders', 'tracks', 'messages', 'invoice_lines'][number % 4]}_${number}`
    const column = COLUMNS[at % COLUMNS.length]!
    const finding = {
      rule: rule.name,
      table,
      column,
      found: `${column} is of type varchar(${(at % 5) * 50 + 50})`,
      expected: 'text with a CHECK of its length',
      remedy: `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE text; ALTER TABLE ${table} ADD CONSTRAINT ck_${table}_${column} CHECK (char_length(${column}) <= 200);`,
      severity: rule.severity,
      confidence: (['high', 'medium', 'low'] as const)[at % 3]!,
      owner: number % 5 === 4 ? null : DOMAINS[number % 5]!,
      ...(rule.name === 'naming' && { pattern: `indexes named idx_<table>_<column> (${at % 2})` }),
    }
    return { ...finding, stake: rule.stake, id: fingerprint(finding), known: false }
  })
  return weighed(findings)
}

export function reportOf(findings: readonly AuditFinding[]): AuditReport {
  return {
    target: { host: 'db.internal', port: 5432, database: 'legacy', user: 'reader', serverVersion: '16.3' },
    auditedAt: new Date('2026-01-02T03:04:05Z'),
    toolVersion: '0.0.0',
    tables: 10_000,
    migrations: 30,
    domains: DOMAINS,
    findings,
    gap: { primaryKeys: [], missingTables: [], unknownTables: [], tables: [], others: [], differences: [] },
    drift: null,
    notes: [],
    gone: 0,
  } as unknown as AuditReport
}
