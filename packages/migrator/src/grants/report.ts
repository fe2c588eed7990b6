/** The printed script → its report. Pure. */
import type { Report } from '../verb.ts'
import type { Rights } from './rights.ts'
import { grantsScript } from './script.ts'

const rightsDocument = ({ roles, memberships, objects }: Rights): Record<string, unknown> => ({
  roles,
  memberships,
  objects,
})

export function grantsReport(rights: Rights): Report {
  const sql = grantsScript(rights)
  return {
    lines: () => sql.replace(/\n$/, '').split('\n'),
    document: { command: 'grants', ...rightsDocument(rights), sql },
    exitCode: 0,
  }
}
