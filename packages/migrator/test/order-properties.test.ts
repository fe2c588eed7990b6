import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildGraph } from '../src/workspace/graph.ts'
import {
  appendOrder,
  formatLockfile,
  type LockLine,
  misplaced,
  parseLockfile,
  verifyLockfile,
} from '../src/workspace/lockfile.ts'
import { planned } from './values.ts'

interface World {
  readonly nodes: readonly { readonly name: string; readonly dependencies: readonly string[] }[]
  readonly counts: readonly number[]
  /** How many of each domain's migrations have a line already. */
  readonly locked: readonly number[]
  readonly shuffle: readonly number[]
}

/** An edge goes only from a later to an earlier domain, so every such graph is acyclic, and every acyclic graph is one of them. */
const world: fc.Arbitrary<World> = fc
  .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/), { minLength: 1, maxLength: 8 })
  .chain((names) =>
    fc.record({
      nodes: fc.tuple(
        ...names.map((name, index) =>
          fc.subarray(names.slice(0, index)).map((dependencies) => ({ name, dependencies })),
        ),
      ),
      counts: fc.array(fc.nat({ max: 5 }), { minLength: names.length, maxLength: names.length }),
      locked: fc.array(fc.nat({ max: 5 }), { minLength: names.length, maxLength: names.length }),
      shuffle: fc.array(fc.nat(), { minLength: 64, maxLength: 64 }),
    }),
  )

const id = (domain: string, number: number) => `${domain}/${String(number).padStart(3, '0')}_step`
const migrationsOf = ({ nodes, counts }: World) =>
  nodes.flatMap(({ name }, index) => Array.from({ length: counts[index]! }, (_, at) => planned(id(name, at + 1), 1)))

/** Another order of the same things: that of a file system, of a merge. */
const shuffled = <T>(items: readonly T[], by: readonly number[]): T[] =>
  items
    .map((item, index) => ({ item, key: by[index % by.length]! * 31 + index * by[(index * 7) % by.length]! }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)

const lineOf = ({ id: name, checksum }: { id: string; checksum: string }): LockLine => ({ id: name, checksum })

/** Any order in which migrations can have come to be: a domain's by number, none before the first of a domain that its own needs. */
function interleaving(given: World): LockLine[] {
  const { nodes, counts, locked, shuffle } = given
  const left = new Map(nodes.map(({ name }, index) => [name, Math.min(counts[index]!, locked[index]!)]))
  const done = new Map(nodes.map(({ name }) => [name, 0]))
  const graph = buildGraph(nodes)
  const countOf = new Map(nodes.map(({ name }, index) => [name, counts[index]!]))
  const lines: LockLine[] = []
  for (let turn = 0; ; turn++) {
    const ready = nodes.filter(
      ({ name }) =>
        left.get(name)! > 0 &&
        [...graph.closure(name)].every(
          (needed) => needed === name || countOf.get(needed) === 0 || done.get(needed)! > 0,
        ),
    )
    if (ready.length === 0) return lines
    const { name } = ready[shuffle[turn % shuffle.length]! % ready.length]!
    left.set(name, left.get(name)! - 1)
    done.set(name, done.get(name)! + 1)
    lines.push(lineOf(planned(id(name, done.get(name)!), 1)))
  }
}

test('any acyclic graph of domains gets an order in which each stands behind all that it needs', () => {
  fc.assert(
    fc.property(world, ({ nodes }) => {
      const { order, closure } = buildGraph(nodes)
      expect([...order].sort()).toEqual(nodes.map(({ name }) => name).sort())
      for (const [at, name] of order.entries()) {
        for (const needed of closure(name)) expect(order.indexOf(needed)).toBeLessThanOrEqual(at)
      }
    }),
  )
})

test('the order does not hang on the order of files and packages', () => {
  fc.assert(
    fc.property(world, (given) => {
      const migrations = migrationsOf(given)
      const other = buildGraph(
        shuffled(given.nodes, given.shuffle).map((node) => ({
          ...node,
          dependencies: [...node.dependencies].reverse(),
        })),
      )
      const graph = buildGraph(given.nodes)
      expect(other.order).toEqual(graph.order)
      expect(appendOrder(shuffled(migrations, given.shuffle), other)).toEqual(appendOrder(migrations, graph))
    }),
  )
})

test('appending to any interleaving keeps its lines in place, takes every migration once and respects all edges', () => {
  fc.assert(
    fc.property(world, (given) => {
      const graph = buildGraph(given.nodes)
      const migrations = shuffled(migrationsOf(given), given.shuffle)
      const before = interleaving(given)
      const has = new Set(before.map((line) => line.id))
      const lines = [
        ...before,
        ...appendOrder(
          migrations.filter((one) => !has.has(one.id)),
          graph,
        ).map(lineOf),
      ]
      expect(lines.slice(0, before.length)).toEqual(before)
      const ordered = verifyLockfile(parseLockfile(formatLockfile(lines)), migrations, graph)
      expect(ordered.map((one) => one.id)).toEqual(lines.map((line) => line.id))
      expect(new Set(ordered).size).toBe(migrations.length)
      expect([...misplaced(ordered, graph)]).toEqual([])
    }),
  )
})

test('an order with two neighbours of one domain exchanged is always refused', () => {
  fc.assert(
    fc.property(world, fc.nat(), (given, pick) => {
      const graph = buildGraph(given.nodes)
      const ordered = appendOrder(migrationsOf(given), graph)
      const pairs = ordered.flatMap((one, at) => (ordered[at + 1]?.domain === one.domain ? [at] : []))
      fc.pre(pairs.length > 0)
      const at = pairs[pick % pairs.length]!
      const wrong = ordered.with(at, ordered[at + 1]!).with(at + 1, ordered[at]!)
      expect([...misplaced(wrong, graph)].length).toBeGreaterThan(0)
    }),
  )
})

test('ten thousand migrations of a thousand domains are ordered and verified in under half a second', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `d${index}`)
  const nodes = names.map((name, index) => ({
    name,
    dependencies: [...new Set([0, Math.floor(index / 2), Math.floor(index / 3)])]
      .filter((at) => at < index)
      .map((at) => names[at]!),
  }))
  const migrations = names.flatMap((name) => Array.from({ length: 10 }, (_, at) => planned(id(name, at + 1), 1)))
  // Processor time: what other tests do at the same time does not count.
  const before = process.cpuUsage()
  const graph = buildGraph(nodes)
  const text = formatLockfile(appendOrder(migrations, graph).map(lineOf))
  expect(verifyLockfile(parseLockfile(text), migrations, graph)).toHaveLength(10_000)
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(500)
})
