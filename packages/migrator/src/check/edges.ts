/** Proof: every declared dependency is used. The proof that every used dependency is declared stands in ownership.ts. Pure. */
import type { Domain } from '../workspace/discover.ts'
import type { Graph } from '../workspace/graph.ts'
import type { ProofFinding } from './finding.ts'
import type { CrossReference } from './owners.ts'

interface Given {
  readonly domains: readonly Domain[]
  readonly graph: Graph
  readonly references: readonly Pick<CrossReference, 'domain' | 'owner'>[]
  /** Whether a domain's migrations import code of another domain's package. */
  readonly imports: (domain: Domain, packageName: string) => boolean
}

/**
 * A dependency is used when an object refers to an object of that domain, when an object refers to one of a further domain that only this
 * dependency leads to, or when a migration imports its code.
 */
export function edgeFindings({ domains, graph, references, imports }: Given): ProofFinding[] {
  return domains.flatMap((domain) => {
    const reached = new Set(
      references.filter((reference) => reference.domain === domain.name).map(({ owner }) => owner),
    )
    return domain.dependencies
      .filter((dependency) => {
        if (reached.has(dependency)) return false
        const others = domain.dependencies.filter((other) => other !== dependency)
        const reachedOnlyHere = [...reached].some(
          (owner) => graph.closure(dependency).has(owner) && !others.some((other) => graph.closure(other).has(owner)),
        )
        const { packageName } = domains.find(({ name }) => name === dependency) as Domain
        return !reachedOnlyHere && !imports(domain, packageName)
      })
      .map((dependency): ProofFinding => {
        const { packageName } = domains.find(({ name }) => name === dependency) as Domain
        return {
          rule: 'edges/unused-dependency',
          severity: 'warning',
          message: `${domain.name} declares that it depends on ${dependency}, but uses nothing of ${dependency}.`,
          remedy: `Remove "${packageName}" from "dependencies" in ${domain.path}/package.json.`,
          file: `${domain.path}/package.json`,
          owner: dependency,
        }
      })
  })
}
