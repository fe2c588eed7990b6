/** How many findings of each group are printed. Pure; the page's script calls it. */

/**
 * All, where together they are at most `most`. Otherwise every group gets the same number, and what small groups leave over goes to the
 * larger ones, so that no rule is pushed off the paper by one with 100,000 findings.
 */
export function printShares(counts: readonly number[], most: number): number[] {
  const shares = counts.map(() => 0)
  const smallestFirst = counts.map((_, at) => at).sort((a, b) => counts[a]! - counts[b]!)
  let left = most
  for (const [done, at] of smallestFirst.entries()) {
    const share = Math.min(counts[at]!, Math.floor(left / (smallestFirst.length - done)))
    shares[at] = share
    left -= share
  }
  return shares
}
