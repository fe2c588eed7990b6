import type { Rule } from './finding.ts'

export const inheritedTable: Rule = {
  name: 'inherited-table',
  severity: 'warning',
  stake: 'loss',
  summary: 'No table inherits from another; rows are divided by partitions.',
  consequence:
    'A unique key or a foreign key of the parent says nothing about the rows of its heirs: a query of the parent shows two rows with one key, and a foreign ' +
    'key to the parent refuses a row that the query shows.',

  *find({ catalog, tables, place }) {
    const heirsByParent = new Map<string, string[]>()
    for (const heir of catalog.tables) {
      if (heir.partition) continue
      for (const parent of heir.parents) heirsByParent.set(parent, [...(heirsByParent.get(parent) ?? []), place(heir)])
    }
    for (const table of tables) {
      const heirs = heirsByParent.get(place(table)) ?? []
      if (heirs.length === 0) continue
      const keys = table.constraints.filter(
        ({ kind }) => kind === 'primary key' || kind === 'unique' || kind === 'foreign key',
      )
      yield {
        table: place(table),
        column: null,
        found: `inherited by ${heirs.sort().join(', ')}`,
        expected: keys.length === 0 ? 'tables of their own, or partitions' : 'partitions, for which its keys hold too',
        remedy:
          'Make it a partitioned table and move the rows of its heirs to partitions, or end it with ALTER TABLE ... NO INHERIT.',
        confidence: keys.length === 0 ? 'low' : 'high',
      }
    }
  },
}
