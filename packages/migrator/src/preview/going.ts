/**
 * What goes together with an object: PostgreSQL's own rule, from the edges of pg_depend. An index goes with its table, whether or not
 * CASCADE is said; a view on it goes only with CASCADE, and without it the drop is refused. Pure.
 */
import { type Edge, keyOf, type Node } from './objects.ts'

export interface Going {
  /** Goes without being asked for. */
  readonly along: readonly Node[]
  /** Goes only with CASCADE; otherwise PostgreSQL refuses the drop because of these. */
  readonly dependents: readonly Node[]
}

export class Dependencies {
  readonly #edges: ReadonlyMap<string, readonly Edge[]>
  /** What earlier statements have dropped. */
  readonly #gone = new Set<string>()

  constructor(edges: readonly Edge[]) {
    this.#edges = Map.groupBy(edges, ({ on }) => `${on.class}/${on.object}`)
  }

  /** The objects of one statement go together. From then on they are gone. */
  drop(roots: readonly Node[], cascade: boolean): Going[] {
    const wholes = new Set(roots.map(keyOf))
    const along = roots.map((root) => this.#reached([root], false))
    const own = new Set([...wholes, ...along.flatMap((found) => [...found.keys()])])
    const found = roots.map((root, index): Going => {
      const with_ = along[index]!
      const blocked = this.#blocking([root, ...with_.values()]).filter((node) => !this.#isIn(own, node))
      const dependents = cascade ? [...this.#reached(blocked, true).values(), ...blocked] : blocked
      const isNews = (node: Node) => !this.#isIn(this.#gone, node)
      return {
        along: [...with_.values()].filter((node) => !this.#isIn(wholes, node) && isNews(node)),
        dependents: [
          ...new Map(
            dependents.filter((node) => !this.#isIn(own, node) && isNews(node)).map((node) => [keyOf(node), node]),
          ).values(),
        ],
      }
    })
    for (const key of own) this.#gone.add(key)
    if (cascade) for (const { dependents } of found) for (const node of dependents) this.#gone.add(keyOf(node))
    return found
  }

  #isIn(keys: ReadonlySet<string>, node: Node): boolean {
    return keys.has(keyOf(node)) || keys.has(keyOf({ ...node, part: 0 }))
  }

  #of(node: Node): readonly Edge[] {
    const edges = this.#edges.get(`${node.class}/${node.object}`) ?? []
    return node.part === 0 ? edges : edges.filter(({ on }) => on.part === node.part)
  }

  #reached(from: readonly Node[], throughCascade: boolean): Map<string, Node> {
    const found = new Map<string, Node>()
    const waiting = [...from]
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      for (const { by, needsCascade } of this.#of(node)) {
        if ((needsCascade && !throughCascade) || found.has(keyOf(by))) continue
        found.set(keyOf(by), by)
        waiting.push(by)
      }
    }
    return found
  }

  #blocking(nodes: readonly Node[]): Node[] {
    const found = nodes.flatMap((node) =>
      this.#of(node)
        .filter(({ needsCascade }) => needsCascade)
        .map(({ by }) => by),
    )
    return [...new Map(found.map((node) => [keyOf(node), node])).values()].filter(
      (node) => !this.#isIn(this.#gone, node),
    )
  }
}
