/** Report → the JSON document that schemas/audit.schema.json describes. Pure. */
import { driftText } from '../drift/drift-text.ts'
import { extensionNote } from '../live/extension-note.ts'
import { type AuditReport, countsByDomain, countsByRule, isFailure, ruleOf, total } from '../report.ts'

export function auditDocument(report: AuditReport): Record<string, unknown> {
  const { errors, warnings } = total(report)
  // `differences` is left out: each of them is listed under its table or as a finding.
  const { differences: _, ...gap } = report.gap
  const used = [...new Set(report.findings.map(({ rule }) => rule))]
  return {
    command: 'audit',
    target: report.target,
    auditedAt: report.auditedAt.toISOString(),
    toolVersion: report.toolVersion,
    schemas: report.schemas,
    unread: report.unread,
    summary: {
      passed: !report.findings.some(isFailure),
      tables: report.tables,
      errors,
      warnings,
      known: report.findings.filter(({ known }) => known).length,
      baselineGone: report.baseline?.gone.length ?? 0,
      new: freshCounts(report),
      minConfidence: report.leftOut.minConfidence,
      leftOut: report.leftOut.findings,
      byRule: countsByRule(report),
      byDomain: countsByDomain(report),
      grade: report.grade,
      gravest: report.gravest,
      figures: report.figures,
    },
    notes: [...report.notes, ...report.extensions.map(extensionNote)],
    gap: { ...gap, keys: report.keys.map((key) => ({ ...key, ...domainOf(report, key.table) })) },
    governance: {
      ...report.governance,
      tables: report.governance.tables.map(({ domain, role, ...table }) => ({
        ...table,
        domain: domain?.domain ?? null,
        guessedFrom: domain?.guessedFrom ?? null,
        role: role ?? null,
      })),
    },
    copyOrder: report.copying,
    baseline: report.baseline && {
      file: report.baseline.file,
      entries: report.baseline.entries,
      gone: report.baseline.gone,
      unseen: report.baseline.unseen,
    },
    drift: report.drift && {
      applied: report.drift.applied,
      differences: report.drift.differences.map(({ maker, ...difference }) => ({
        ...difference,
        owner: maker?.domain ?? null,
        migration: maker?.migration ?? null,
        text: driftText({ ...difference, maker }),
      })),
    },
    rules: used
      .flatMap((name) => ruleOf(name) ?? [])
      .map(({ name, severity, stake, summary, consequence }) => ({ name, severity, stake, summary, consequence })),
    findings: report.findings,
  }
}

/** Null: nothing suggests a domain. `guessedFrom`: why the domain is a guess; null where V1 makes the table. */
function domainOf(
  { domainsByTable }: AuditReport,
  table: string,
): { domain: string | null; guessedFrom: string | null } {
  const { domain = null, guessedFrom = null } = domainsByTable.get(table) ?? {}
  return { domain, guessedFrom }
}

function freshCounts({ findings }: AuditReport) {
  const { errors, warnings } = total({ findings: findings.filter(({ known }) => !known) })
  return { errors, warnings }
}
