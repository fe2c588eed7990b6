/** Proof: the final state obeys the conventions. The rules are those of `audit`; here each breach gets its owner and its migration. */
import type { Catalog } from '../catalog/types.ts'
import type { RuleFinding } from '../rules/finding.ts'
import { runRules } from '../rules/run.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { ProofFinding } from './finding.ts'
import type { MigrationRecord } from './record.ts'

interface Origin {
  readonly migration: Planned
  /** The last migration that touched the table. */
  readonly latest: Planned
}

export function conventionFindings(catalog: Catalog, records: readonly MigrationRecord[]): ProofFinding[] {
  const origins = tableOrigins(records)
  return runRules(catalog)
    .filter(isSure)
    .map(({ rule, severity, table, column, found, expected, remedy }): ProofFinding => {
      const origin = table === null ? undefined : origins.get(table)
      const subject = table === null ? '' : `table ${column === null ? table : `${table}, column ${column}`}: `
      return {
        rule: `conventions/${rule}`,
        severity,
        message: `${subject}${found}; V1 asks for ${expected}`.replace(/\.?$/, '.'),
        remedy,
        ...(table === null ? {} : { object: `table ${table}` }),
        ...(origin === undefined
          ? {}
          : { file: origin.latest.path, migration: origin.latest.id, owner: origin.migration.domain }),
      }
    })
}

/** A warning that is only likely is for the audit, where somebody reads it once; check would tell it with every change. */
const isSure = ({ severity, confidence }: RuleFinding): boolean => severity === 'error' || confidence === 'high'

function tableOrigins(records: readonly MigrationRecord[]): Map<string, Origin> {
  const byKey = new Map<string, Origin>()
  const byName = new Map<string, Origin>()
  for (const { migration, objects } of records) {
    for (const { key, object } of objects) {
      if (!object.startsWith('table ')) continue
      const origin = { migration: byKey.get(key)?.migration ?? migration, latest: migration }
      byKey.set(key, origin)
      byName.set(object.slice('table '.length).replaceAll('"', ''), origin)
    }
  }
  return byName
}
