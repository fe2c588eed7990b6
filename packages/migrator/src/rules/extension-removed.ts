import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

/** Extensions of PostgreSQL itself that later versions do not have, or that its manual advises against, and what stands in their place. */
const INSTEAD: Readonly<Record<string, readonly [why: string, instead: string]>> = {
  adminpack: ['PostgreSQL 17 no longer has it', 'nothing, only pgAdmin III used it'],
  old_snapshot: ['PostgreSQL 17 no longer has it', 'nothing, the setting that it looked at is gone too'],
  plpython2u: ['PostgreSQL 15 no longer has it', 'plpython3u'],
  plpythonu: ['PostgreSQL 15 no longer has it', 'plpython3u'],
  timetravel: ['PostgreSQL 12 no longer has it', 'a table of versions, written by a trigger'],
  chkpass: ['PostgreSQL 11 no longer has it', 'a password hash made by the service'],
  tsearch2: ['PostgreSQL 10 no longer has it', 'the full text search of PostgreSQL itself'],
  xml2: ['PostgreSQL’s manual calls it deprecated', 'xpath() and xmltable() of PostgreSQL itself'],
  intagg: ['PostgreSQL’s manual calls it obsolete', 'array_agg() and unnest()'],
}

export const extensionRemoved: Rule = {
  name: 'extension-removed',
  severity: 'warning',
  stake: 'outage',
  summary: 'No extension is in use that newer versions of PostgreSQL do not have.',
  consequence: 'Neither pg_upgrade nor a restored dump brings the database to such a version.',

  *find({ catalog }) {
    for (const { kind, name, dependents = [] } of catalog.objects ?? []) {
      const known = kind === 'extension' && Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined
      if (known === undefined) continue
      const [why, instead] = known
      yield {
        table: null,
        column: null,
        found: `extension ${quoted(name)}: ${why}`,
        expected: instead,
        remedy:
          dependents.length === 0
            ? `DROP EXTENSION ${quoted(name)}, after a look for functions that call it: nothing else uses it.`
            : `Replace it in ${dependents.join(', ')}, then DROP EXTENSION ${quoted(name)}`,
      }
    }
  },
}
