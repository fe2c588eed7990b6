import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

/** Documents that may be kept letter by letter, for a signature or as proof of what was received. */
const VERBATIM = /(^|_)(raw|original|source|signed|body|payload|request|response|received)(_|$)/

export const jsonType: Rule = {
  name: 'json-type',
  severity: 'warning',
  stake: 'change',
  summary: 'A JSON document is jsonb, not json.',
  consequence:
    'The type json is the text as it was sent: it is parsed at each access, keeps keys twice, and has no equality, so DISTINCT, GROUP BY and UNION ' +
    'over it fail and no GIN index can search it.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const { name, type } of table.columns) {
        if (!/^json(\[\])?$/.test(type)) continue
        const wanted = type.replace('json', 'jsonb')
        yield {
          table: place(table),
          column: name,
          found: type,
          expected: wanted,
          remedy: `ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} TYPE ${wanted} USING ${quoted(name)}::${wanted} (it rewrites the table under an ACCESS EXCLUSIVE lock)`,
          confidence: VERBATIM.test(name) ? 'low' : 'high',
        }
      }
    }
  },
}
