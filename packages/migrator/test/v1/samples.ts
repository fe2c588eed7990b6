/** For each condition of the page, values that it must refuse and values at its edge that it must accept. */

export interface Samples {
  readonly refused: readonly unknown[]
  readonly accepted: readonly unknown[]
}

const OTHER_DAY = '2025-01-01'
const LATER_DAY = '2999-12-31'

const hex: Samples = {
  refused: ['', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), 'g'.repeat(64)],
  accepted: ['a'.repeat(64), '0123456789abcdef'.repeat(4)],
}

/** Conditions that are not of a common form. */
const special: Readonly<Record<string, Samples>> = {
  "username ~ '^[A-Za-z0-9_-]{3,50}$'": {
    refused: ['ab', 'a b', 'é'.repeat(3), 'a'.repeat(51), 'abc\n'],
    accepted: ['abc', 'A-z_0', 'a'.repeat(50)],
  },
  "email ~ '^[^@[:space:]]+@[^@[:space:]]+\\.[^@[:space:]]+$'": {
    refused: ['', 'a.example.org', 'a@example', 'a@@example.org', 'a b@example.org'],
    accepted: ['a@b.c', 'ä+tag@sub.example.org'],
  },
  "language ~ '^[a-z]{2}(-[A-Z]{2})?$'": { refused: ['', 'e', 'EN', 'en-us', 'eng'], accepted: ['en', 'pt-BR'] },
  "code ~ '^[a-z][a-z0-9_]*$'": { refused: ['', '1st', 'Admin', 'a-b'], accepted: ['a', 'tier_2'] },
  "musical_key ~ '^[A-G][#b]?m?$'": { refused: ['', 'H', 'c', 'C##', 'Am7'], accepted: ['C', 'F#m', 'Bb'] },
  "token_hash ~ '^[0-9a-f]{64}$'": hex,
  "checksum ~ '^[0-9a-f]{64}$'": hex,
  "country ~ '^[A-Z]{2}$'": { refused: ['', 'fr', 'FRA'], accepted: ['FR'] },
  'cardinality(tags) <= 10': { refused: [Array(11).fill('tag')], accepted: [[], Array(10).fill('tag')] },
  'expires_at > created_at': { refused: [OTHER_DAY], accepted: [LATER_DAY] },
  'completed_at >= started_at': { refused: [OTHER_DAY], accepted: [LATER_DAY, '2025-01-02'] },
  'ended_at >= started_at': { refused: [OTHER_DAY], accepted: [LATER_DAY, '2025-01-02'] },
}

/** Throws for a condition that it has no samples for. */
export function samplesOf(check: string): Samples {
  const known = special[check]
  if (known !== undefined) return known

  const list = /^\w+ IN \((.+)\)$/.exec(check)?.[1]
  if (list !== undefined) {
    const accepted = [...list.matchAll(/'([^']*)'/g)].map(([, value]) => value)
    return { refused: ['', 'nonsense', accepted[0]!.toUpperCase().concat(' ')], accepted }
  }
  const [, most] = /^char_length\(\w+\) <= (\d+)$/.exec(check) ?? []
  if (most !== undefined) return { refused: ['é'.repeat(Number(most) + 1)], accepted: ['é'.repeat(Number(most))] }
  const [, least] = /^char_length\(\w+\) >= (\d+)$/.exec(check) ?? []
  if (least !== undefined) return { refused: ['x'.repeat(Number(least) - 1)], accepted: ['x'.repeat(Number(least))] }
  if (/^char_length\(btrim\(\w+\)\) >= 1$/.test(check)) return { refused: ['', '  '], accepted: [' x '] }
  const trimmed = /^char_length\(btrim\(\w+\)\) BETWEEN 1 AND (\d+)$/.exec(check)?.[1]
  if (trimmed !== undefined) {
    return { refused: ['', '  ', 'x'.repeat(Number(trimmed) + 1)], accepted: ['x', 'x'.repeat(Number(trimmed))] }
  }
  const [, from, to] = /^\w+ BETWEEN (\d+) AND (\d+)$/.exec(check) ?? []
  if (from !== undefined) return { refused: [Number(from) - 1, Number(to) + 1], accepted: [Number(from), Number(to)] }
  const [, operator, bound] = /^\w+ (>=?) (\d+)$/.exec(check) ?? []
  if (operator === '>=') return { refused: [Number(bound) - 1], accepted: [Number(bound)] }
  if (operator === '>') return { refused: [Number(bound)], accepted: [Number(bound) + 1] }
  throw new Error(`samples.ts has no values for the condition ${check}`)
}
