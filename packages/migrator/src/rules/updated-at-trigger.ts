import { HOME, sqlName } from '../catalog/place.ts'
import type { Table, Trigger } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { columnOf, LONGEST_NAME_BYTES, snake } from './subject.ts'

const FUNCTION = 'set_updated_at'
/** What a database that V1 did not build lacks; saying it twice does no harm. */
const MAKE_FUNCTION =
  "CREATE OR REPLACE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at := CURRENT_TIMESTAMP; RETURN NEW; END'"
const PER_ROW = /\bBEFORE (INSERT OR )?UPDATE ON\b.* FOR EACH ROW\b/

const nameOn = ({ name }: Table): string => `trg_${snake(name)}_updated_at`.slice(0, LONGEST_NAME_BYTES)

/** The trigger that sets updated_at, as its name or that of its function says: V1's own, else another with the same effect. */
export const triggerOf = (table: Table): Trigger | undefined =>
  table.triggers.find(({ name }) => name === nameOn(table)) ??
  table.triggers.find(({ function: called }) => /updated_?at|modified/i.test(called))

export const updatedAtTrigger: Rule = {
  name: 'updated-at-trigger',
  severity: 'error',
  stake: 'outage',
  summary: 'The column updated_at is set by the trigger trg_<table>_updated_at, which calls set_updated_at().',
  consequence: 'An UPDATE that forgets to set it leaves the old time in the row, and caches keep serving the old row.',

  *find({ catalog, tables, place }) {
    const functions = ['public', catalog.home ?? HOME].map((schema) => `${schema}.${FUNCTION}`)
    const isThere = catalog.functions.some(({ schema = HOME, name }) => functions.includes(`${schema}.${name}`))
    const before = isThere ? '' : `${MAKE_FUNCTION}; `
    for (const table of tables) {
      if (columnOf(table, 'updated_at') === undefined) continue
      const name = nameOn(table)
      const statement = `CREATE TRIGGER ${quoted(name)} BEFORE UPDATE ON ${sqlName(table)} FOR EACH ROW EXECUTE FUNCTION set_updated_at()`
      const at = { table: place(table), column: 'updated_at', expected: statement }
      const own = triggerOf(table)
      if (own === undefined) {
        yield {
          ...at,
          found: 'no trigger',
          remedy: before + statement,
          pattern: 'columns updated_at without a trigger',
        }
      } else if (own.name !== name) {
        const found = `trigger ${quoted(own.name)} calls ${own.function}()`
        const remedy = `${before}DROP TRIGGER ${quoted(own.name)} ON ${sqlName(table)}; ${statement}`
        // Another trigger with the same effect is a warning: only names are wrong.
        yield { ...at, about: own.name, found, remedy, severity: 'warning' }
      } else if (!functions.includes(own.function) || !PER_ROW.test(own.definition)) {
        yield {
          ...at,
          found: own.definition,
          remedy: `${before}DROP TRIGGER ${quoted(name)} ON ${sqlName(table)}; ${statement}`,
        }
      }
    }
  },
}
