/** The printed script, or what a database lacks of it → a report. Pure. */
import { plural } from '../errors.ts'
import { type ReportedDatabase, targetDocument } from '../report/target.ts'
import type { Report } from '../verb.ts'
import type { RightsChange } from './check.ts'
import type { Rights } from './rights.ts'
import { grantsScript } from './script.ts'

export function grantsReport(rights: Rights): Report {
  const sql = grantsScript(rights)
  const { roles, memberships, objects } = rights
  return {
    lines: () => sql.replace(/\n$/, '').split('\n'),
    document: { command: 'grants', roles, memberships, objects, sql },
    exitCode: 0,
  }
}

/** `changes`: the statements that the script would run in this database. */
export function grantsCheckReport(changes: readonly RightsChange[], place: ReportedDatabase): Report {
  return {
    lines: ({ paint }) => [
      ...changes.map(
        ({ verdict, sql }) => `${paint(verdict === 'missing' ? 'yellow' : 'red', verdict.padEnd(8))}  ${sql}`,
      ),
      changes.length === 0
        ? 'Every role has the rights that the script of `grants` gives it.'
        : `${plural(changes.length, 'statement')} of the script of \`grants\` would be run. Run it: npx nx run migrator:grants -- --out grants.sql`,
    ],
    document: { command: 'grants', check: true, target: targetDocument(place), passed: changes.length === 0, changes },
    exitCode: changes.length === 0 ? 0 : 1,
  }
}
