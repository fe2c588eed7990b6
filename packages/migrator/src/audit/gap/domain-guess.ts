/**
 * The domain that a table which V1 does not know would most likely belong to. A guess is made only for a reason that can be told: foreign
 * keys, or a word of its name that only one domain's tables have. Pure.
 */
import type { Catalog, Table } from '../../catalog/types.ts'
import { type Subject, snake } from '../../rules/subject.ts'

export interface DomainOf {
  readonly domain: string
  /** Null where V1 makes the table; otherwise why the domain is a guess, part of a sentence: `a foreign key joins it with hls_streams`. */
  readonly guessedFrom: string | null
}

interface Known {
  /** The domain of a table of V1, by its name; undefined for any other. */
  domainOf(table: string): string | undefined
  readonly catalog: Catalog
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
  const strangers = subject.tables.filter((table) => !found.has(place(table)))
  const neighbours = neighboursOf(subject)
  const usual = usualReferrers(v1)
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = new Map(found)
    for (const table of strangers) {
      const guess = byNeighbours(neighbours.get(place(table)) ?? [], before, usual)
      if (!found.has(place(table)) && guess !== undefined) found.set(place(table), guess)
    }
    if (found.size === before.size) break
  }
  // Last, so that no guess from a word is the reason of another guess.
  const words = wordsOf(v1)
  for (const table of strangers) {
    const guess = found.has(place(table)) ? undefined : byWord(table, words)
    if (guess !== undefined) found.set(place(table), guess)
  }
  return found
}

interface Neighbour {
  readonly name: string
  /** The table references the neighbour, or is referenced by it. */
  readonly is: 'referenced' | 'referring'
}

function neighboursOf({ tables, place }: Subject): Map<string, Neighbour[]> {
  const pairs = tables.flatMap((from) =>
    from.constraints.flatMap(({ references: to }) =>
      to === null ? [] : [{ from: place(from), to: place({ schema: to.schema, name: to.table }) }],
    ),
  )
  const referring = Map.groupBy(pairs, ({ to }) => to)
  const most = Math.max(3, tables.length * HUB_SHARE)
  // Asked for every foreign key, so it is counted once: a hub of 10,000 tables has 10,000 of them.
  const hubs = new Set(
    [...referring].flatMap(([to, own]) => (new Set(own.map(({ from }) => from)).size > most ? [to] : [])),
  )
  const neighbours = new Map<string, Map<string, Neighbour>>()
  const add = (table: string, neighbour: Neighbour) => {
    const own = neighbours.get(table) ?? new Map<string, Neighbour>()
    neighbours.set(table, own.set(neighbour.name, own.get(neighbour.name) ?? neighbour))
  }
  for (const { from, to } of pairs) {
    if (from === to || hubs.has(to)) continue
    add(from, { name: to, is: 'referenced' })
    add(to, { name: from, is: 'referring' })
  }
  return new Map([...neighbours].map(([table, own]) => [table, [...own.values()]]))
}

/**
 * For a table of V1 the domain of most tables that reference it there, or null where they are of several: what references users can
 * belong to anybody, and what references tracks is mostly of streaming, though tracks is core's.
 */
function usualReferrers({ catalog, domainOf }: Known): ReadonlyMap<string, string | null> {
  const pairs = catalog.tables.flatMap(({ name, constraints }) =>
    [...new Set(constraints.flatMap(({ references }) => references?.table ?? []))]
      .filter((to) => to !== name)
      .map((to) => ({ to, domain: domainOf(name) ?? '' })),
  )
  return new Map(
    [...Map.groupBy(pairs, ({ to }) => to)].map(([to, own]) => [to, most(own.map(({ domain }) => domain)) ?? null]),
  )
}

/** The one that is more than half of all. */
function most(names: readonly string[]): string | undefined {
  const counts = [...Map.groupBy(names, (name) => name)]
  return counts.find(([, own]) => own.length * 2 > names.length)?.[0]
}

/** The domain of most of the neighbours that say one. */
function byNeighbours(
  neighbours: readonly Neighbour[],
  found: ReadonlyMap<string, DomainOf>,
  usual: ReadonlyMap<string, string | null>,
): DomainOf | undefined {
  const votes = neighbours.flatMap(({ name, is }) => {
    const own = found.get(name)
    if (own === undefined) return []
    const usually = own.guessedFrom === null && is === 'referenced' ? usual.get(name) : undefined
    if (usually === null) return []
    return [{ name, domain: usually ?? own.domain, isUsual: usually !== undefined }]
  })
  const domain = most(votes.map((vote) => vote.domain))
  if (domain === undefined) return undefined
  const voters = votes.filter((vote) => vote.domain === domain)
  const names = voters.slice(0, 2).map(({ name }) => name)
  return {
    domain,
    guessedFrom: voters.every(({ isUsual }) => isUsual)
      ? `it references ${names.join(' and ')}, as tables of ${domain} do in V1`
      : `a foreign key joins it with ${names.join(' and ')}`,
  }
}

const singular = (word: string): string => word.replace(/ies$/, 'y').replace(/(?<=[^s])s$/, '')

/**
 * The words that only the tables of one domain have in their names. The last word of a name mostly says what kind of rows these are, such as
 * versions and comments, which any domain can have: it counts only where several tables of the domain end in it.
 */
function wordsOf({ catalog, domainOf }: Known): Map<string, string> {
  const uses = catalog.tables.flatMap(({ name }) => {
    const words = snake(name).split('_').map(singular)
    return words.map((word, at) => ({
      word,
      domain: domainOf(name) ?? '',
      isKind: words.length > 1 && at === words.length - 1,
    }))
  })
  return new Map(
    [...Map.groupBy(uses, ({ word }) => word)].flatMap(([word, own]) => {
      const [{ domain }] = own as [(typeof own)[number]]
      const isOnly = domain !== '' && own.every((use) => use.domain === domain)
      const isTelling = own.length > 1 || !own[0]!.isKind
      return isOnly && isTelling && word.length > 2 ? [[word, domain] as const] : []
    }),
  )
}

function byWord({ name }: Table, words: ReadonlyMap<string, string>): DomainOf | undefined {
  const known = snake(name)
    .split('_')
    .map(singular)
    .filter((word) => words.has(word))
  const domains = new Set(known.map((word) => words.get(word)!))
  if (domains.size !== 1) return undefined
  const [domain] = [...domains] as [string]
  return { domain, guessedFrom: `V1 has the word ${known[0]} in names of ${domain} only` }
}
