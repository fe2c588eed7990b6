/**
 * How much a difference weighs. Pure. An error is what can make the next migration fail, a service misbehave, or somebody see or do what he
 * should not. A warning is what somebody added beside what the plan is about: nothing in the plan contradicts it.
 */
import type { CatalogDifference } from '../../catalog/difference.ts'
import type { Severity } from '../../rules/finding.ts'

/** The plan says nothing of these unless a migration makes one, and others have reasons to add them: the provider, monitoring, a replica. */
const BESIDE_THE_PLAN: ReadonlySet<CatalogDifference['kind']> = new Set([
  'extension',
  'publication',
  'statistics',
  'schema',
  'setting',
  'collation',
  'conversion',
  'text search configuration',
  'text search dictionary',
  'foreign-data wrapper',
  'server',
  'language',
])

/** These decide which table a statement means, and whether foreign keys and triggers count. */
const DECISIVE_SETTING = /^(?:search_path|session_replication_role)\b/

export function driftSeverity({ kind, of, name, change, found, expected, role }: CatalogDifference): Severity {
  // Roles are made beside the plan, and each deployment gives its own what it needs; what everybody may do is the plan's.
  if (kind === 'grant' && change === 'added') return role === 'PUBLIC' ? 'error' : 'warning'
  // Storage and statistics only change how fast something is. With those of a view it is decided with whose rights it reads.
  if (kind === 'options') return of === 'view' ? 'error' : 'warning'
  if (kind === 'extension' && change === 'changed' && placeOfExtension(found) === placeOfExtension(expected))
    return 'warning'
  if (change !== 'added' || !BESIDE_THE_PLAN.has(kind)) return 'error'
  return kind === 'setting' && DECISIVE_SETTING.test(name) ? 'error' : 'warning'
}

/** Without the version, which the server's packages decide. */
const placeOfExtension = (definition: string | null) => definition?.replace(/, version .*$/, '')
