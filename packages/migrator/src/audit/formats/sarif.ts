/** Report → SARIF. Pure. */
import { type SarifFinding, sarifLog } from '../../report/sarif.ts'
import { type AuditFinding, type AuditReport, reportRules } from '../report.ts'

export function auditSarif({ findings, toolVersion }: AuditReport): Record<string, unknown> {
  const rules = reportRules.map(({ name, severity, summary, consequence }) => ({
    id: name,
    severity,
    summary,
    consequence,
  }))
  return sarifLog({ command: 'audit', toolVersion, rules, findings: findings.map(toSarif) })
}

function toSarif({ rule, severity, table, column, found, expected, remedy, id, known }: AuditFinding): SarifFinding {
  const name = ['public', table, column].filter((part) => part !== null).join('.')
  return {
    rule,
    severity,
    message: `${table === null ? 'database' : name}: ${found}. Expected: ${expected}. ${remedy}`,
    object: { name, kind: column !== null ? 'column' : table !== null ? 'table' : 'schema' },
    fingerprint: id,
    ...(known && { accepted: 'in the baseline' }),
  }
}
