/** A comparison → its JSON document, which schemas/audit-compare.schema.json describes. Pure. */
import type { Compared, ComparedDifference } from './compared.ts'
import { isFailure } from './compared.ts'
import { isUnplanned, type Where, whereIs } from './difference.ts'
import type { ComparedSide } from './side.ts'

export function comparedDocument(compared: Compared): Record<string, unknown> {
  const { names, a, b, differences, sizes, notes, gone } = compared
  return {
    command: 'audit',
    comparedAt: compared.comparedAt.toISOString(),
    toolVersion: compared.toolVersion,
    a: sideDocument(names.a, a),
    b: sideDocument(names.b, b),
    summary: {
      equal: differences.length === 0,
      passed: !differences.some(isFailure),
      differences: differences.length,
      unplanned: differences.filter(isUnplanned).length,
      known: differences.filter(({ known }) => known).length,
      notRead: differences.filter(({ kind }) => kind === 'not read').length,
      baselineGone: gone,
      byKind: [...Map.groupBy(differences, ({ kind }) => kind)].map(([kind, own]) => ({
        kind,
        onlyA: count(own, 'a'),
        onlyB: count(own, 'b'),
        differ: count(own, 'both'),
      })),
    },
    notes,
    differences: differences.map((one) => ({ ...one, in: whereIs(one) })),
    sizes,
  }
}

const count = (own: readonly ComparedDifference[], where: Where): number =>
  own.filter((one) => whereIs(one) === where).length

const sideDocument = (name: string, { target, serverVersion, catalog, history, unread }: ComparedSide) => ({
  name,
  ...target,
  serverVersion,
  encoding: catalog.encoding ?? null,
  tables: catalog.tables.length,
  migrations: history?.length ?? null,
  unread,
})
