import { sqlName } from '../catalog/place.ts'
import type { Table } from '../catalog/types.ts'
import { plural } from '../errors.ts'
import type { Breach, Rule } from './finding.ts'

/** Whether anybody but the owner has been given the table, or a column of it. */
const isGranted = ({ grants = [] }: Table): boolean => grants.length > 0

function faultOf(table: Table): Omit<Breach, 'table' | 'column'> | undefined {
  const { rowSecurity = null, policies = [], owner } = table
  const alter = `ALTER TABLE ${sqlName(table)}`
  if (rowSecurity === null && policies.length > 0) {
    return {
      found: `${plural(policies.length, 'policy', 'policies')}, and row level security is not enabled`,
      expected: 'row level security, since there are policies',
      remedy: `${alter} ENABLE ROW LEVEL SECURITY`,
    }
  }
  if (rowSecurity !== null && policies.length === 0) {
    return {
      found: `row level security is ${rowSecurity}, and there is no policy`,
      expected: 'a policy for each role that uses the table',
      remedy: `CREATE POLICY ... ON ${sqlName(table)}; where nobody but the owner shall see a row, revoke the grants instead.`,
      severity: 'warning',
    }
  }
  // Without a grant to anybody, only the owner and superusers use the table, and neither is bound by a policy that is not forced.
  if (rowSecurity === 'enabled' && owner !== undefined && !isGranted(table)) {
    return {
      found: `row level security is not forced, and only ${owner}, who owns the table, has rights on it`,
      expected: 'policies that bind the role that uses the table',
      remedy: `Let the application use another role than the owner, or ${alter} FORCE ROW LEVEL SECURITY`,
      severity: 'warning',
      confidence: 'medium',
    }
  }
  return undefined
}

export const rowSecurity: Rule = {
  name: 'row-security',
  severity: 'error',
  stake: 'exposure',
  summary: 'A table has policies and row level security, or neither, and the policies bind whoever uses the table.',
  consequence:
    'Policies without row level security hide nothing: everybody sees every row. Row level security without a policy shows nobody but the ' +
    'owner any row.',

  *find({ tables, place }) {
    for (const table of tables) {
      const fault = faultOf(table)
      if (fault !== undefined) yield { table: place(table), column: null, ...fault }
    }
  },
}
