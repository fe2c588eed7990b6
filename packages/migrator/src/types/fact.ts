/**
 * What a generated file says, as facts that can be compared one by one: files with the same facts mean the same, whatever their layout.
 * Pure: two lists of facts → the differences, each with its table and column.
 */

export interface Fact {
  /** The table that the fact is about, or null. */
  readonly table: string | null
  /** `column status`, `index idx_users_status`, `comment`, `type TrackStatus`. */
  readonly what: string
  /** Without layout, style of quotes and comments: facts with an equal `meaning` say the same. */
  readonly meaning: string
  /** The fact as it is shown to a person. */
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

/** In the order of the fresh facts; facts that only the committed file has come last. */
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

/** For files with the same facts, whose order can still differ: reports the first place where it does. */
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
