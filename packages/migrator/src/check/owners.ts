/** Who owns what, and who refers to whom, after each migration of a recorded replay. Pure. */
import { NamedObjects } from './named-objects.ts'
import type { Change, DescribedObject, MigrationRecord } from './record.ts'

/** An object of a domain refers to an object that another domain owns. */
export interface CrossReference {
  readonly record: MigrationRecord
  readonly from: DescribedObject
  readonly domain: string
  readonly to: DescribedObject
  readonly owner: string
}

/** A migration changed an object that another domain owns. */
export interface ForeignChange {
  readonly record: MigrationRecord
  readonly change: Change
  /** The object that was changed, or whose part was changed: `table users`. */
  readonly object: string
  readonly owner: string
}

export interface Ownership {
  /** Domain by object id. */
  readonly owners: ReadonlyMap<string, string>
  readonly foreignChanges: readonly ForeignChange[]
  /** Each reference once, where it first appeared. */
  readonly references: readonly CrossReference[]
}

/** `own`: keys of the migrator's tables, which no domain owns. Finds owners by the rule of replay/makers.ts, but after each migration and not only at the end. */
export function ownership(records: readonly MigrationRecord[], own: ReadonlySet<string>): Ownership {
  const owners = new Map<string, string>()
  const objects = new NamedObjects()
  const foreignChanges: ForeignChange[] = []
  const references: CrossReference[] = []
  const seen = new Set<string>()

  for (const record of records) {
    const { domain } = record.migration
    for (const change of record.changes) {
      const { root } = change
      if (own.has(root)) continue
      const owner = owners.get(root)
      if (owner === undefined) {
        if (change.action === 'create' && change.step === 'up') owners.set(root, domain)
      } else if (owner !== domain && change.action !== 'cascade') {
        foreignChanges.push({ record, change, object: objects.get(root)?.object ?? change.object, owner })
      }
    }
    for (const { step, action, root } of record.changes) if (step === 'up' && action === 'drop') objects.delete(root)
    for (const described of record.objects) {
      objects.set(described)
      if (!owners.has(described.key) && !own.has(described.key)) owners.set(described.key, domain)
    }
    for (const from of record.objects) {
      if (own.has(from.key)) continue
      for (const key of [...from.references, ...objects.namedIn(from)]) {
        const owner = owners.get(key)
        const to = objects.get(key)
        const fromDomain = owners.get(from.key) as string
        if (owner === undefined || to === undefined || owner === fromDomain || seen.has(`${from.key} ${key}`)) continue
        seen.add(`${from.key} ${key}`)
        references.push({ record, from, domain: fromDomain, to, owner })
      }
    }
  }
  return { owners, foreignChanges, references }
}
