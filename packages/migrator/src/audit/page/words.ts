/** Words that the page and its script share. Pure. */
import type { Stake } from '../../rules/finding.ts'

/** What a finding can cost, as it stands beside its rule. */
export const STAKE_WORDS: Readonly<Record<Stake, string>> = {
  exposure: 'lets people in or shows secrets',
  loss: 'loses rows or lets them contradict each other',
  outage: 'stops or slows the service',
  change: 'makes the next change dear',
  reading: 'makes the schema hard to read',
}

/** `180,000`. */
export const numberText = (count: number): string => count.toLocaleString('en')

/** `1 error, 12 warnings, 3 of them known`; what there is none of is left out. */
export function countsText({ errors, warnings, known }: Record<'errors' | 'warnings' | 'known', number>): string {
  const parts = [counted(errors, 'error'), counted(warnings, 'warning')].filter(Boolean).join(', ')
  return known === 0 ? parts : `${parts}, ${numberText(known)} of them known`
}

const counted = (count: number, what: string): string =>
  count === 0 ? '' : `${numberText(count)} ${what}${count === 1 ? '' : 's'}`
