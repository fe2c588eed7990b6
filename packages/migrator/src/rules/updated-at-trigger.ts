import { HOME, sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { columnOf, LONGEST_NAME_BYTES, snake } from './subject.ts'

const FUNCTION = 'set_updated_at'
const PER_ROW = /\bBEFORE (INSERT OR )?UPDATE ON\b.* FOR EACH ROW\b/

export const updatedAtTrigger: Rule = {
  name: 'updated-at-trigger',
  severity: 'error',
  stake: 'loss',
  summary: 'The column updated_at is set by the trigger trg_<table>_updated_at, which calls set_updated_at().',
  consequence: 'An UPDATE that forgets to set it leaves the old time in the row, and caches keep serving the old row.',

  *find({ catalog, tables, place }) {
    const functions = ['public', catalog.home ?? HOME].map((schema) => `${schema}.${FUNCTION}`)
    for (const table of tables) {
      if (columnOf(table, 'updated_at') === undefined) continue
      const name = `trg_${snake(table.name)}_updated_at`.slice(0, LONGEST_NAME_BYTES)
      const statement = `CREATE TRIGGER ${quoted(name)} BEFORE UPDATE ON ${sqlName(table)} FOR EACH ROW EXECUTE FUNCTION set_updated_at()`
      const at = { table: place(table), column: 'updated_at', expected: statement }
      const own = table.triggers.find((trigger) => trigger.name === name)
      const similar = table.triggers.find(
        (trigger) => functions.includes(trigger.function) || /updated_?at|modified/i.test(trigger.function),
      )
      if (own === undefined) {
        const found =
          similar === undefined ? 'no trigger' : `trigger ${quoted(similar.name)} calls ${similar.function}()`
        const before = similar === undefined ? '' : `DROP TRIGGER ${quoted(similar.name)} ON ${sqlName(table)}; `
        // Another trigger with the same effect is a warning: only names are wrong.
        yield { ...at, found, remedy: before + statement, severity: similar === undefined ? 'error' : 'warning' }
      } else if (!functions.includes(own.function) || !PER_ROW.test(own.definition)) {
        yield {
          ...at,
          found: own.definition,
          remedy: `DROP TRIGGER ${quoted(name)} ON ${sqlName(table)}; ${statement}`,
        }
      }
    }
  },
}
