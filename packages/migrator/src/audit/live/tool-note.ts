/** Which tables were not judged because a tool makes them, for the notes of a report. Pure. */
import { placeOf } from '../../catalog/place.ts'
import type { Catalog } from '../../catalog/types.ts'
import { toolOf } from '../../rules/tool-tables.ts'

export function toolNote({ tables, home }: Catalog): string | undefined {
  const known = tables.flatMap((table) => {
    const tool = toolOf(table)
    return tool === undefined || table.extension !== null ? [] : { tool, place: placeOf(table, home) }
  })
  if (known.length === 0) return undefined
  const byTool = [...Map.groupBy(known, ({ tool }) => tool)].map(
    ([tool, own]) => `${own.map(({ place }) => place).join(', ')} (${tool})`,
  )
  return `No rule judges what a tool makes for itself: ${byTool.join('; ')}.`
}
