/** The order in which migrations once ran, as far as their names say it. Pure. */
import { type Naming, pairsByVersion, schemeNames } from './schemes.ts'

type Named = Naming & { readonly name: string }

/** By scheme, then version, then title, up before down; Flyway's repeatable files, which run after all others, last. */
export function inOrder(a: Named, b: Named): number {
  return (
    schemeNames.indexOf(a.scheme) - schemeNames.indexOf(b.scheme) ||
    compareVersions(a.version, b.version) ||
    (pairsByVersion(a.scheme) ? 0 : compare(a.title, b.title)) ||
    DIRECTIONS.indexOf(a.direction) - DIRECTIONS.indexOf(b.direction) ||
    compare(a.title, b.title) ||
    compare(a.name, b.name)
  )
}

const DIRECTIONS = ['up', 'single', 'down'] as const

const compare = <T extends string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)

function compareVersions(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const [one, other] = [partsOf(a), partsOf(b)]
  const at = one.findIndex((part, index) => part !== other[index])
  if (at < 0) return one.length - other.length
  return other[at] === undefined ? 1 : compare(one[at]!, other[at])
}

/** Equal for two spellings of one version: `1` and `001`, Flyway's `1.2`, `1_2` and `1.2.0`. */
export const versionKey = (version: string | null): string => (version === null ? '' : partsOf(version).join('.'))

function partsOf(version: string): bigint[] {
  const parts = calendar(version)
    .split(/[._]/)
    .map((digits) => BigInt(digits))
  while (parts.length > 1 && parts.at(-1) === 0n) parts.pop()
  return parts
}

/** A date with and without a time of day stand in one order: both get all the digits down to the millisecond. */
function calendar(version: string): string {
  const digits = version.replaceAll('-', '')
  return /^(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d(?:\d{4}|\d{6}|\d{9})?$/.test(digits) ? digits.padEnd(17, '0') : digits
}
