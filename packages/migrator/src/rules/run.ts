/**
 * Catalogue → findings, in the order of the rules, within a rule by table; each fault once. Pure.
 *
 *     runRules(await readCatalog(client))
 */
import type { Catalog } from '../catalog/types.ts'
import type { RuleFinding } from './finding.ts'
import { rules } from './list.ts'
import { subjectOf } from './subject.ts'
import { toldOnce } from './told-once.ts'

/** `v1` says what is expected of the tables that it knows. Default: the catalogue is V1 itself, as in `check`. Owners are null. */
export function runRules(catalog: Catalog, { v1 = catalog }: { readonly v1?: Catalog } = {}): RuleFinding[] {
  const subject = subjectOf(catalog, v1)
  const findings: RuleFinding[] = []
  // One after the other: a large database has hundreds of thousands, and what a rule says of each need not be kept beside the finding.
  for (const rule of rules)
    for (const breach of rule.find(subject))
      findings.push({
        rule: rule.name,
        owner: null,
        ...breach,
        severity: breach.severity ?? rule.severity,
        confidence: breach.confidence ?? rule.confidence ?? 'high',
      })
  return toldOnce(findings)
}
