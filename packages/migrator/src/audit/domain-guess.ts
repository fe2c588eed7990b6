/**
 * The domain that a table which V1 does not know would most likely belong to. A guess is made only for a reason that can be told: tables
 * that reference it or that it references, or a word of its name that only one domain's tables have. Pure.
 */
import type { Table } from '../catalog/types.ts'
import { type Subject, snake } from '../rules/subject.ts'

export interface DomainOf {
  readonly domain: string
  /** Null where V1 makes the table; otherwise why the domain is a guess, part of a sentence: `it references tracks and playlists`. */
  readonly guessedFrom: string | null
}

interface Known {
  /** The domain of a table of V1, by its name; undefined for any other. */
  domainOf(table: string): string | undefined
  /** The tables of V1. */
  readonly tables: readonly string[]
}

/** A table that so large a part of all tables reference, such as users, says nothing about those that do. */
const HUB_SHARE = 0.2
const ROUNDS = 3

/** By the place of a table. A table without an entry could belong to any domain. */
export function domainsOf(subject: Subject, v1: Known): ReadonlyMap<string, DomainOf> {
  const { place } = subject
  const found = new Map<string, DomainOf>()
  for (const table of subject.tables) {
    const domain = subject.inV1(place(table)) === undefined ? undefined : v1.domainOf(table.name)
    if (domain !== undefined) found.set(place(table), { domain, guessedFrom: null })
  }
  const neighbours = neighboursOf(subject)
  const words = wordsOf(v1)
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = new Map(found)
    for (const table of subject.tables) {
      const name = place(table)
      if (found.has(name)) continue
      const guess = byNeighbours(neighbours.get(name) ?? [], before) ?? (round === 0 ? byWord(table, words) : undefined)
      if (guess !== undefined) found.set(name, guess)
    }
    if (found.size === before.size) break
  }
  return found
}

function neighboursOf({ tables, place }: Subject): Map<string, string[]> {
  const pairs = tables.flatMap((from) =>
    from.constraints.flatMap(({ references }) =>
      references === null ? [] : [[place(from), place({ schema: references.schema, name: references.table })] as const],
    ),
  )
  const referencing = Map.groupBy(pairs, ([, to]) => to)
  const isHub = (table: string) =>
    new Set((referencing.get(table) ?? []).map(([from]) => from)).size > Math.max(3, tables.length * HUB_SHARE)
  const neighbours = new Map<string, string[]>()
  const add = (table: string, other: string) => {
    const own = neighbours.get(table)
    if (own === undefined) neighbours.set(table, [other])
    else if (!own.includes(other)) own.push(other)
  }
  for (const [from, to] of pairs) {
    if (from === to) continue
    if (!isHub(to)) add(from, to)
    if (!isHub(from)) add(to, from)
  }
  return neighbours
}

/** The domain of most of the neighbours, if it is more than half of those that have one. */
function byNeighbours(names: readonly string[], found: ReadonlyMap<string, DomainOf>): DomainOf | undefined {
  const known = names.filter((name) => found.has(name))
  const votes = [...Map.groupBy(known, (name) => found.get(name)!.domain)].sort((a, b) => b[1].length - a[1].length)
  const [first] = votes
  if (first === undefined || first[1].length * 2 <= known.length) return undefined
  const [domain, voters] = first
  return { domain, guessedFrom: `a foreign key joins it with ${voters.slice(0, 2).join(' and ')}` }
}

const singular = (word: string): string => word.replace(/ies$/, 'y').replace(/(?<=[^s])s$/, '')

/** The words that only the tables of one domain have in their names. */
function wordsOf({ tables, domainOf }: Known): Map<string, string> {
  const domains = Map.groupBy(
    tables.flatMap((table) =>
      snake(table)
        .split('_')
        .map((word) => ({ word: singular(word), domain: domainOf(table) })),
    ),
    ({ word }) => word,
  )
  return new Map(
    [...domains].flatMap(([word, uses]) => {
      const own = [...new Set(uses.map(({ domain }) => domain))]
      return own.length === 1 && own[0] !== undefined && word.length > 2 ? [[word, own[0]] as const] : []
    }),
  )
}

function byWord({ name }: Table, words: ReadonlyMap<string, string>): DomainOf | undefined {
  const own = snake(name).split('_').map(singular)
  const known = own.filter((word) => words.has(word))
  const domains = new Set(known.map((word) => words.get(word)!))
  if (domains.size !== 1) return undefined
  return { domain: [...domains][0]!, guessedFrom: `V1 has the word ${known[0]} in names of ${[...domains][0]} only` }
}
