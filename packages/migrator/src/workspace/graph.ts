/**
 * The dependency graph of the domains: an order in which each domain comes after the domains that it needs, and for each domain all
 * domains that it needs, directly or indirectly. Pure and deterministic: ties are broken by name, not by the order of files on disk.
 */
import { DomainCycleError, UnknownDomainError } from './errors.ts'

export interface Node {
  readonly name: string
  readonly dependencies: readonly string[]
}

export interface Graph {
  /** Every domain, dependencies first; domains whose longest chain of dependencies is equally long are ordered by name. */
  readonly order: readonly string[]
  /** The domain itself and all domains that it needs, directly or indirectly. Throws UnknownDomainError. */
  closure(domain: string): ReadonlySet<string>
}

/** Throws DomainCycleError with the path (its first domain again at the end), and UnknownDomainError for a dependency that is no node. */
export function buildGraph(nodes: readonly Node[]): Graph {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const known = [...byName.keys()].sort()
  const nodeOf = (name: string): Node => {
    const node = byName.get(name)
    if (node === undefined) throw new UnknownDomainError({ domain: name, known })
    return node
  }

  const closures = new Map<string, ReadonlySet<string>>()
  const path: string[] = []
  const visit = (name: string): ReadonlySet<string> => {
    const done = closures.get(name)
    if (done !== undefined) return done
    const seenAt = path.indexOf(name)
    if (seenAt >= 0) throw new DomainCycleError({ path: [...path.slice(seenAt), name] })
    path.push(name)
    const closure = new Set([name])
    for (const dependency of [...nodeOf(name).dependencies].sort()) {
      for (const reached of visit(dependency)) closure.add(reached)
    }
    path.pop()
    closures.set(name, closure)
    return closure
  }
  for (const name of known) visit(name)

  return {
    order: layered(known, (name) => nodeOf(name).dependencies),
    closure: (domain) => {
      nodeOf(domain)
      return closures.get(domain) as ReadonlySet<string>
    },
  }
}

/** Kahn's algorithm, layer by layer: first all domains without dependencies, then all whose dependencies are placed; by name in a layer. */
function layered(names: readonly string[], dependenciesOf: (name: string) => readonly string[]): string[] {
  const order: string[] = []
  const placed = new Set<string>()
  let waiting = [...names]
  while (waiting.length > 0) {
    const ready = waiting.filter((name) => dependenciesOf(name).every((dependency) => placed.has(dependency)))
    for (const name of ready) {
      order.push(name)
      placed.add(name)
    }
    waiting = waiting.filter((name) => !placed.has(name))
  }
  return order
}
