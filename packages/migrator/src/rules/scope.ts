import { HOME } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { list } from './subject.ts'

/** The chat server's own schema: never created, altered or read here. */
export const CHAT_SCHEMA = 'chat'

export const scope: Rule = {
  name: 'scope',
  severity: 'error',
  stake: 'change',
  summary: 'Everything lives in public; the schema chat belongs to the chat server and is left alone.',
  consequence:
    'No migration here looks after what is outside public; a reference into another service’s schema forces both to be released together.',

  *find({ catalog, tables, place }) {
    // Whoever asks for other schemas than public has said what the audit is about.
    const others = (catalog.home ?? HOME) === HOME ? catalog.otherSchemas : []
    for (const { name, relations, routines = 0, types = 0, extension } of others) {
      if (name === CHAT_SCHEMA || extension !== null) continue
      const held = relations > 0 ? 'tables or views' : routines > 0 ? 'functions' : types > 0 ? 'types' : undefined
      if (held === undefined) continue
      yield {
        table: null,
        column: null,
        found: `schema ${quoted(name)} has ${held}`,
        expected: 'only public',
        remedy: `Say who owns ${quoted(name)}; if it is this project, move what is in it: ALTER ... SET SCHEMA public.`,
        severity: 'warning',
      }
    }
    const read = new Set([HOME, catalog.home, ...catalog.tables.map(({ schema }) => schema)])
    read.delete(CHAT_SCHEMA)
    for (const table of tables) {
      for (const { name, columns, references } of table.constraints) {
        if (references === null || read.has(references.schema) || references.schema === table.schema) continue
        yield {
          table: place(table),
          column: columns[0] ?? null,
          about: name,
          found: `${quoted(name)} references ${quoted(references.schema)}.${quoted(references.table)}`,
          expected: 'references within public only',
          remedy: `Drop the constraint and keep (${list(columns)}) as a plain id of the other service.`,
        }
      }
    }
  },
}
