/** Who owns what, and who refers to whom, after each migration of a recorded replay. Pure. */
import { namesInBody } from './body.ts'
import type { Change, Described, MigrationRecord } from './record.ts'

/** A domain refers to what another one owns. */
export interface CrossReference {
  readonly record: MigrationRecord
  readonly from: Described
  readonly domain: string
  readonly to: Described
  readonly owner: string
}

/** A migration changed what another domain owns. */
export interface ForeignChange {
  readonly record: MigrationRecord
  readonly change: Change
  /** `table users`, which the change belongs to. */
  readonly object: string
  readonly owner: string
}

export interface Ownership {
  /** Domain by object id. */
  readonly owners: ReadonlyMap<string, string>
  readonly foreignChanges: readonly ForeignChange[]
  /** Each where it first appeared. */
  readonly references: readonly CrossReference[]
}

/** Owners by the rule of replay/makers.ts, here after each migration and not only at the end. */
export function ownership(records: readonly MigrationRecord[]): Ownership {
  const owners = new Map<string, string>()
  const objects = new Map<string, Described>()
  const foreignChanges: ForeignChange[] = []
  const references: CrossReference[] = []
  const seen = new Set<string>()

  for (const record of records) {
    const { domain } = record.migration
    for (const change of record.changes) {
      const { root } = change
      const owner = owners.get(root)
      if (owner === undefined) {
        if (change.action === 'create' && change.step === 'up') owners.set(root, domain)
      } else if (owner !== domain && change.action !== 'cascade') {
        foreignChanges.push({ record, change, object: objects.get(root)?.object ?? change.object, owner })
      }
    }
    for (const { step, action, root } of record.changes) if (step === 'up' && action === 'drop') objects.delete(root)
    for (const described of record.objects) {
      objects.set(described.key, described)
      if (!owners.has(described.key)) owners.set(described.key, domain)
    }
    const byName = namedObjects(record, objects, owners)
    for (const from of record.objects) {
      for (const key of [...from.references, ...byName(from)]) {
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

/** Keys of what the text of a function names. The name tables are made only where there is such a text. */
function namedObjects(
  { objects }: MigrationRecord,
  known: ReadonlyMap<string, Described>,
  owners: ReadonlyMap<string, string>,
): (from: Described) => readonly string[] {
  if (objects.every(({ body }) => body === null)) return () => []
  const relations = new Map<string, string>()
  const functions = new Map<string, string>()
  for (const { key, object } of known.values()) {
    if (!owners.has(key)) continue
    const [, kind, name] =
      /^(function|procedure|aggregate|table|view|materialized view|sequence|foreign table) (.*)$/.exec(object) ?? []
    if (kind === undefined || name === undefined) continue
    if (kind === 'function' || kind === 'procedure' || kind === 'aggregate')
      functions.set(name.replace(/\(.*/s, ''), key)
    else relations.set(name.replaceAll('"', ''), key)
  }
  return ({ body, key: own }) => {
    if (body === null) return []
    const names = namesInBody(body)
    const keys = [
      ...[...names.relations].flatMap((name) => relations.get(name) ?? []),
      ...[...names.functions].flatMap((name) => functions.get(name) ?? []),
    ]
    return keys.filter((key) => key !== own)
  }
}
