/** Proof: a domain changes only what it owns, in public only, and refers only to itself and to what it depends on. Pure. */
import { mentions } from '../sql/mentions.ts'
import type { Domain } from '../workspace/discover.ts'
import type { Graph } from '../workspace/graph.ts'
import type { ProofFinding } from './finding.ts'
import type { CrossReference, ForeignChange, Ownership } from './owners.ts'
import type { Change, MigrationRecord } from './record.ts'

interface DomainGraph {
  readonly domains: readonly Domain[]
  readonly graph: Graph
}

export function ownershipFindings(
  records: readonly MigrationRecord[],
  found: Ownership,
  place: DomainGraph,
): ProofFinding[] {
  return [
    ...oneAStatement(found.foreignChanges).map((foreign) => foreignChange(foreign, place)),
    ...once(
      records.flatMap((record) => record.changes.filter(isOutside).map((change) => outsidePublic(record, change))),
    ),
    ...found.references
      .filter(({ domain, owner }) => !place.graph.closure(domain).has(owner))
      .map((reference) => undeclared(reference, place)),
  ]
}

const VERBS: Readonly<Record<Change['action'], string>> = {
  create: 'creates',
  alter: 'alters',
  drop: 'drops',
  insert: 'inserts rows into',
  update: 'updates rows of',
  delete: 'deletes rows of',
  truncate: 'truncates',
  cascade: 'reaches',
}

const isOutside = ({ schema, object }: Change): boolean =>
  object.startsWith('schema ') || (schema !== null && schema !== 'public' && !schema.startsWith('pg_'))

const where = (record: MigrationRecord, { step, statement }: Change): string =>
  `${record.migration.id} ${step === 'down' ? 'down ' : ''}statement ${statement}`

/** A statement can alter a table and drop a column with its constraints: this is one finding, about the table if it was changed itself. */
function oneAStatement(changes: readonly ForeignChange[]): ForeignChange[] {
  const found = new Map<string, ForeignChange>()
  for (const foreign of changes) {
    const { record, change } = foreign
    const place = `${where(record, change)} ${change.root}`
    const before = found.get(place)
    if (before === undefined || (before.change.key !== before.change.root && change.key === change.root))
      found.set(place, foreign)
  }
  return [...found.values()]
}

function once(findings: readonly ProofFinding[]): ProofFinding[] {
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()]
}

function foreignChange({ record, change, object, owner }: ForeignChange, { domains }: DomainGraph): ProofFinding {
  const { migration } = record
  const isPart = change.key !== change.root
  // The description of a column, a constraint or a trigger already names its table.
  const what = isPart
    ? / on |^table column /.test(change.object)
      ? change.object
      : `${change.object} on ${object}`
    : object
  return {
    rule: change.action in ROW_CHANGES ? 'ownership/foreign-rows' : 'ownership/foreign-object',
    severity: 'error',
    message: `${where(record, change)} ${VERBS[change.action]} ${what}, which belongs to ${owner}.`,
    remedy:
      `Move it to a migration of ${owner} (${folderOf(owner, domains)}). ` +
      `A dependency on ${owner} lets ${migration.domain} refer to its objects, never change them.`,
    file: migration.path,
    migration: migration.id,
    statement: change.statement,
    object,
    owner,
  }
}

const ROW_CHANGES = { insert: true, update: true, delete: true, truncate: true }

function outsidePublic(record: MigrationRecord, change: Change): ProofFinding {
  const { migration } = record
  return {
    rule: 'ownership/outside-public',
    severity: 'error',
    message: `${where(record, change)} ${VERBS[change.action]} ${change.object}, outside the schema public.`,
    remedy: 'Use the schema public only: the plan owns no other, and other schemas belong to other services.',
    file: migration.path,
    migration: migration.id,
    statement: change.statement,
    object: change.object,
  }
}

function undeclared(reference: CrossReference, place: DomainGraph): ProofFinding {
  const { record, from, domain, to, owner } = reference
  const { migration } = record
  const statement = statementOf(reference)
  const { packageName } = place.domains.find(({ name }) => name === owner) as Domain
  const here = place.domains.find(({ name }) => name === domain) as Domain
  const wouldBeCircle = place.graph.closure(owner).has(domain)
  return {
    rule: 'ownership/undeclared-reference',
    severity: 'error',
    message:
      `${migration.id} statement ${statement}: ${from.object} refers to ${to.object}, which belongs to ${owner}, ` +
      `and ${domain} does not depend on ${owner}.`,
    remedy: wouldBeCircle
      ? `${domain} cannot depend on ${owner}, which depends on ${domain}: move ${from.object} to a migration of ${owner} ` +
        `(${folderOf(owner, place.domains)}).`
      : `Declare the dependency: add "${packageName}" to "dependencies" in ${here.path}/package.json. ` +
        `Or move ${from.object} to a migration of ${owner} (${folderOf(owner, place.domains)}).`,
    file: migration.path,
    migration: migration.id,
    statement,
    object: to.object,
    owner,
  }
}

/** Of the statements that touched the referring object, the first that names the other object; if none does, the last. */
function statementOf({ record, from, to }: CrossReference): number {
  const touching = record.changes
    .filter(({ step, root }) => step === 'up' && root === from.key)
    .map(({ statement }) => statement)
  const name = to.object.replace(/^.* /, '').replace(/\(.*/s, '').replaceAll('"', '')
  const { statements } = record.migration.render.up
  return touching.find((number) => isMentioned(statements[number - 1]?.sql ?? '', name)) ?? touching.at(-1) ?? 1
}

const isMentioned = (sql: string, name: string): boolean => mentions(sql, { bodies: true }).names.has(name)

const folderOf = (domain: string, domains: readonly Domain[]): string =>
  `${domains.find(({ name }) => name === domain)?.path}/src/migrations`
