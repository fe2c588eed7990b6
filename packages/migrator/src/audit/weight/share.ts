/** Counts that say what they are a part of, or what they are divided by. Pure. */

/** `count` of `of`. */
export interface Share {
  readonly count: number
  readonly of: number
}

export interface Tally {
  readonly name: string
  readonly count: number
}

export const shareOf = <T>(all: readonly T[], is: (one: T) => boolean): Share => ({
  count: all.filter(is).length,
  of: all.length,
})

/** The most frequent first, equal ones by name. */
export const tallied = (names: readonly string[]): Tally[] =>
  [...Map.groupBy(names, (name) => name)]
    .map(([name, own]) => ({ name, count: own.length }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))

export const sum = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0)
