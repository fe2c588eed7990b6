/** The database compared with V1: what is missing, what V1 does not know, and how the tables that both have differ. Pure. */

import { compare } from '../../catalog/compare.ts'
import type { CatalogDifference } from '../../catalog/difference.ts'
import type { Catalog } from '../../catalog/types.ts'
import { HISTORY_TABLE } from '../../database/history.ts'
import type { Makers } from '../../replay/makers.ts'
import { keyText } from './keys.ts'

interface KeyGap {
  readonly domain: string
  readonly table: string
  readonly current: string
  readonly target: string
}

interface TableGap {
  readonly table: string
  readonly domain: string
  readonly differences: readonly CatalogDifference[]
}

export interface Gap {
  /** Tables whose primary key differs from V1, sorted by domain. */
  readonly primaryKeys: readonly KeyGap[]
  readonly missingTables: readonly { readonly table: string; readonly domain: string }[]
  readonly unknownTables: readonly { readonly table: string; readonly estimatedRows: number }[]
  readonly tables: readonly TableGap[]
  /** Views, functions, types and sequences. */
  readonly others: readonly CatalogDifference[]
  /** All differences; the fields above are made from them. */
  readonly differences: readonly CatalogDifference[]
}

export interface V1 {
  readonly catalog: Catalog
  readonly makers: Makers
  /** Domains in dependency order: each stands after those that it needs. */
  readonly domains: readonly string[]
  /**
   * Migrations were applied: then what has another name is a change by hand, told once. In a database of other origin two names are two
   * objects.
   */
  readonly isMigrated: boolean
}

export const majorOf = ({ serverVersionNumber }: Catalog): number => Math.floor(serverVersionNumber / 10_000)

export function gapTo(live: Catalog, { catalog, makers, domains, isMigrated }: V1): Gap {
  const domainOf = (table: string): string => makers.makerOf('relation', table)?.domain ?? ''
  const byDomain = <T extends { domain: string; table: string }>(rows: T[]): T[] =>
    rows.sort((a, b) => domains.indexOf(a.domain) - domains.indexOf(b.domain) || (a.table < b.table ? -1 : 1))

  // The history table belongs to the migrator: where the migrator never ran, the table is not counted as missing.
  const comparison = { bodies: majorOf(live) === majorOf(catalog), renames: isMigrated }
  const differences = compare(live, catalog, comparison).filter(
    ({ table, change }) => table !== HISTORY_TABLE || change === 'changed',
  )
  const whole = differences.filter(({ kind, change }) => kind === 'table' && change !== 'changed')
  const parts = differences.filter((difference) => difference.table !== null && !whole.includes(difference))
  const liveTables = new Map(live.tables.map((table) => [table.name, table]))
  return {
    primaryKeys: byDomain(
      catalog.tables.flatMap((target) => {
        const current = liveTables.get(target.name)
        if (current === undefined || keyText(current) === keyText(target)) return []
        return [
          { domain: domainOf(target.name), table: target.name, current: keyText(current), target: keyText(target) },
        ]
      }),
    ),
    missingTables: byDomain(
      whole.filter(({ change }) => change === 'missing').map(({ name }) => ({ table: name, domain: domainOf(name) })),
    ),
    unknownTables: whole
      .filter(({ change }) => change === 'added')
      .map(({ name }) => ({ table: name, estimatedRows: liveTables.get(name)?.estimatedRows ?? 0 })),
    tables: byDomain(
      [...Map.groupBy(parts, ({ table }) => table as string)].map(([table, own]) => ({
        table,
        domain: domainOf(table),
        differences: own,
      })),
    ),
    others: differences.filter(({ table }) => table === null),
    differences,
  }
}
