/** Proof: no migration changes the migrator's own tables, or makes something that does. A run would be rolled back for it. Pure. */
import { isOwnTable, namesOwnTable, OWN_TABLES } from '../database/own-tables.ts'
import { namesInBody } from './body.ts'
import type { ProofFinding } from './finding.ts'
import type { Change, MigrationRecord } from './record.ts'

/** `own`: keys of the tables. */
export function ownTableFindings(records: readonly MigrationRecord[], own: ReadonlySet<string>): ProofFinding[] {
  const findings = records.flatMap((record) => [...changed(record, own), ...referring(record, own)])
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()]
}

const DID: Readonly<Record<Change['action'], string>> = {
  create: 'makes or replaces a part of',
  alter: 'alters',
  drop: 'drops, or drops a part of,',
  insert: 'inserts rows into',
  update: 'updates rows of',
  delete: 'deletes rows of',
  truncate: 'truncates',
  cascade: 'reaches',
}

function changed({ migration, changes }: MigrationRecord, own: ReadonlySet<string>): ProofFinding[] {
  return changes
    .filter(({ root, object }) => own.has(root) || isOwnTable(object.replace(/^table /, '')))
    .map(({ step, statement, action, object }) => ({
      ...common(migration),
      message:
        `${migration.id} ${step === 'down' ? 'down ' : ''}statement ${statement} ${DID[action]} ${tableIn(object)}, ` +
        'which is written by the migrator alone.',
      statement,
    }))
}

const tableIn = (object: string): string => {
  const name = OWN_TABLES.find((one) => object.includes(one)) ?? OWN_TABLES[0]
  return object === `table ${name}` ? `the table ${name}` : `the table ${name} (${object})`
}

/** Views, foreign keys and functions that would do it, or stand in its way, at another time. */
function referring({ migration, objects }: MigrationRecord, own: ReadonlySet<string>): ProofFinding[] {
  return objects
    .filter(({ key, references, body }) => {
      if (own.has(key)) return false
      const named = body !== null && namesOwnTable(body) ? namesInBody(body).relations : new Set<string>()
      return references.some((one) => own.has(one)) || [...named].some(isOwnTable)
    })
    .map(({ object }) => ({
      ...common(migration),
      message: `${migration.id} makes ${object}, which refers to a table that is written by the migrator alone.`,
      object,
    }))
}

const common = ({ id, path }: MigrationRecord['migration']) =>
  ({
    rule: 'ownership/migrators-table',
    severity: 'error',
    remedy:
      'Take it out of the migration: a run that finds its history changed is rolled back. ' +
      'What has to be corrected in the history of a database is a matter of: npx veza-migrator repair',
    file: path,
    migration: id,
  }) as const
