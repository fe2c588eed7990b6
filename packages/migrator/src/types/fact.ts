/**
 * What a generated file says, as facts that can be compared one by one: the same facts are the same file, however it is laid out.
 * Pure: two lists of facts → the differences, each with its table and column.
 */

export interface Fact {
  /** Table that it is about, or null. */
  readonly table: string | null
  /** `column status`, `index idx_users_status`, `comment`, `type TrackStatus`. */
  readonly what: string
  /** Free of layout, quotes' style and comments: equal means the same. */
  readonly meaning: string
  /** For a person. */
  readonly shown: string
}

export interface StaleFact {
  readonly table: string | null
  readonly what: string
  /** What the committed file says; null where it says nothing. */
  readonly here: string | null
  /** What the migrations build; null where they build nothing of the kind. */
  readonly built: string | null
}

const keyOf = ({ table, what }: Fact): string => `${table ?? ''}\n${what}`

/** In the order of the fresh facts, then what only the committed ones have. */
export function staleFacts(committed: readonly Fact[], fresh: readonly Fact[]): StaleFact[] {
  const here = new Map(committed.map((fact) => [keyOf(fact), fact]))
  const built = new Map(fresh.map((fact) => [keyOf(fact), fact]))
  const found: StaleFact[] = []
  for (const [key, { table, what, meaning, shown }] of built) {
    const other = here.get(key)
    if (other?.meaning !== meaning) found.push({ table, what, here: other?.shown ?? null, built: shown })
  }
  for (const [key, { table, what, shown }] of here) {
    if (!built.has(key)) found.push({ table, what, here: shown, built: null })
  }
  return found.length > 0 ? found : outOfOrder(committed, fresh)
}

/** All facts are there: what remains is their order, told for the first place where it differs. */
function outOfOrder(committed: readonly Fact[], fresh: readonly Fact[]): StaleFact[] {
  const index = fresh.findIndex((fact, place) => {
    const other = committed[place]
    return other === undefined || keyOf(other) !== keyOf(fact)
  })
  if (index < 0) return []
  const [expected, found] = [fresh[index]!, committed[index]!]
  const { table } = expected
  return [{ table, what: `order at ${expected.what}`, here: found.what, built: expected.what }]
}

export function staleFactText({ table, what, here, built }: StaleFact): string {
  const place = table === null ? what : `table ${table}, ${what}`
  if (here === null) return `${place}: not here; the migrations build ${built}`
  if (built === null) return `${place}: no longer built; here it is ${here}`
  return `${place}: here ${here}; the migrations build ${built}`
}
