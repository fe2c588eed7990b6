import { sqlName } from '../catalog/place.ts'
import type { Table, View } from '../catalog/types.ts'
import type { Rule } from './finding.ts'

const AS_READER = /^security_invoker=(true|on|yes|1)$/i

/** Names as the definition of a view has them after FROM and JOIN, with a parenthesis before the first of several. */
const READ = /\b(?:FROM|JOIN)\s+(?:ONLY\s+)?\(*((?:"(?:[^"]|"")*"|[^\s"(),;])+)/g

/** Whether the view's owner is not bound by the policies of the table: its owner is not, unless they are forced. */
const isBypassed = (view: View, table: Table): boolean =>
  table.rowSecurity === 'enabled' &&
  (table.policies ?? []).length > 0 &&
  view.owner !== undefined &&
  view.owner === table.owner

export const policyBypassed: Rule = {
  name: 'policy-bypassed',
  severity: 'error',
  confidence: 'medium',
  stake: 'exposure',
  summary: 'A view over a table with policies reads it with the rights of whoever asks.',
  consequence:
    'A view reads with the rights of its owner, whom the policies of the table do not bind: everybody who may read the view sees all rows.',

  *find({ catalog, tables, place }) {
    const secured = tables.filter(({ rowSecurity }) => rowSecurity === 'enabled')
    if (secured.length === 0) return
    for (const view of catalog.views) {
      const { extension, materialized, options = [], grants = [], definition } = view
      // A view that nobody else may read shows its owner what the owner sees anyway.
      if (extension !== null || grants.length === 0 || options.some((option) => AS_READER.test(option))) continue
      const read = new Set([...definition.matchAll(READ)].map(([, name]) => name))
      for (const table of secured) {
        if (!read.has(sqlName(table)) || !isBypassed(view, table)) continue
        const kind = materialized ? 'materialized view' : 'view'
        yield {
          table: place(table),
          column: null,
          found: `${kind} ${sqlName(view)} shows ${grants.map(({ to }) => to).join(', ')} its rows without regard to the policies`,
          expected: materialized ? 'a view' : 'security_invoker=true',
          remedy: materialized
            ? `A materialized view holds the rows that its owner saw: make ${sqlName(view)} a view with (security_invoker = true), or revoke the rights on it.`
            : `ALTER VIEW ${sqlName(view)} SET (security_invoker = true) (PostgreSQL 15 and later; before, a view of a role that owns no table)`,
        }
      }
    }
  },
}
