/**
 * Two catalogues → their differences, object by object. Pure. A constraint or an index that only has another name is one difference,
 * not a missing and an added one: it is recognised by its definition.
 */
import type { Catalog, Column, Constraint, Index, Table, Trigger } from '../catalog/types.ts'
import { plural } from '../errors.ts'
import { normalised } from './normalised.ts'

type PartKind =
  | 'table'
  | 'column'
  | 'constraint'
  | 'index'
  | 'trigger'
  | 'policy'
  | 'rule'
  | 'view'
  | 'function'
  | 'type'
  | 'sequence'

export interface CatalogDifference {
  readonly kind: PartKind
  /** The table, or the table of a part; null for views, functions, types and sequences. */
  readonly table: string | null
  readonly name: string
  readonly change: 'missing' | 'added' | 'changed'
  /** Null where the object is missing. */
  readonly found: string | null
  /** Null where the object was added. */
  readonly expected: string | null
}

export interface Comparison {
  /** Comments count too. Default: they do not. */
  readonly comments?: boolean
  /** False: of functions and views only the presence is compared, since another major version renders their bodies differently. */
  readonly bodies: boolean
}

/** Sorted by table, then kind. Objects of extensions and partitions are not compared. */
export function compare(live: Catalog, v1: Catalog, comparison: Comparison): CatalogDifference[] {
  const own = <T extends { extension: string | null }>(objects: readonly T[]) =>
    objects.filter((one) => one.extension === null)
  const tablesOf = (catalog: Catalog) => own(catalog.tables).filter(({ partition }) => !partition)
  const bodyOf = ({ definition }: { definition: string | null }) => (comparison.bodies ? (definition ?? '') : '')
  return [
    ...pairs(tablesOf(live), tablesOf(v1), ({ name }) => name).flatMap(([found, expected]) =>
      tableDifferences(found, expected, comparison),
    ),
    ...differing(
      'view',
      null,
      pairs(own(live.views), own(v1.views), ({ name }) => name),
      bodyOf,
    ),
    ...differing(
      'function',
      null,
      pairs(named(own(live.functions)), named(own(v1.functions)), ({ name }) => name),
      bodyOf,
    ),
    ...differing(
      'type',
      null,
      pairs(own(live.types), own(v1.types), ({ name }) => name),
      (one) => `${one.kind} ${one.definition}`,
    ),
    // A sequence that a column owns is compared as part of that column.
    ...differing(
      'sequence',
      null,
      pairs(unowned(live), unowned(v1), ({ name }) => name),
      ({ options }) => options,
    ),
  ]
}

const named = (functions: Catalog['functions']) => functions.map((one) => ({ ...one, name: one.signature }))
const unowned = ({ sequences }: Catalog) =>
  sequences.filter(({ ownedBy, extension }) => ownedBy === null && extension === null)

type Pair<T> = readonly [found: T | undefined, expected: T | undefined]

/** Full outer join by key, in the order of the keys. Objects with the same key are paired in their order, so that none is lost. */
function pairs<T>(found: readonly T[], expected: readonly T[], keyOf: (one: T) => string): Pair<T>[] {
  const here = Map.groupBy(found, keyOf)
  const there = Map.groupBy(expected, keyOf)
  return [...new Set([...here.keys(), ...there.keys()])].sort().flatMap((key) => {
    const [own = [], other = []] = [here.get(key), there.get(key)]
    return Array.from({ length: Math.max(own.length, other.length) }, (_, at): Pair<T> => [own[at], other[at]])
  })
}

function differing<T extends { name: string }>(
  kind: PartKind,
  table: string | null,
  joined: readonly Pair<T>[],
  describe: (one: T) => string,
): CatalogDifference[] {
  return joined.flatMap(([found, expected]): CatalogDifference[] => {
    const is = found && describe(found)
    const should = expected && describe(expected)
    const sameName = found === undefined || expected === undefined || found.name === expected.name
    if (is !== undefined && should !== undefined && sameName && normalised(is) === normalised(should)) return []
    const label = (one: T, words: string) => (sameName ? words : `${one.name}: ${words}`)
    return [
      {
        kind,
        table,
        name: (expected ?? found)!.name,
        change: found === undefined ? 'missing' : expected === undefined ? 'added' : 'changed',
        found: found === undefined ? null : label(found, is!),
        expected: expected === undefined ? null : label(expected, should!),
      },
    ]
  })
}

function tableDifferences(
  found: Table | undefined,
  expected: Table | undefined,
  { comments = false }: Comparison,
): CatalogDifference[] {
  const { name } = (expected ?? found)!
  const whole = { kind: 'table', table: name, name } as const
  if (found === undefined) return [{ ...whole, change: 'missing', found: null, expected: tableText(expected!) }]
  if (expected === undefined) return [{ ...whole, change: 'added', found: tableText(found), expected: null }]
  const commentOf = (comment: string | null) =>
    comments && comment !== null ? `, comment ${JSON.stringify(comment)}` : ''
  const ownText = (table: Table) => factsText(table) + commentOf(table.comment)
  const columnWords = (column: Column) => columnText(column) + commentOf(column.comment)
  return [
    ...differing('table', name, [[found, expected]], ownText),
    ...differing(
      'column',
      name,
      pairs(found.columns, expected.columns, (column) => column.name),
      columnWords,
    ),
    ...differing('constraint', name, matched(found.constraints, expected.constraints, constraintText), constraintText),
    ...differing('index', name, matched(free(found), free(expected), indexText), indexText),
    ...differing(
      'trigger',
      name,
      pairs(found.triggers, expected.triggers, (trigger) => trigger.name),
      triggerText,
    ),
    ...described('policy', name, found.policies, expected.policies),
    ...described('rule', name, found.rules, expected.rules),
  ]
}

/** Properties of the whole table, without those that have their default value. */
function factsText({ kind, persistence, rowSecurity, replicaIdentity }: Table): string {
  return [
    kind,
    persistence === 'unlogged' && 'unlogged',
    rowSecurity && `row level security ${rowSecurity}`,
    replicaIdentity !== undefined && replicaIdentity !== 'default' && `replica identity ${replicaIdentity}`,
  ]
    .filter(Boolean)
    .join(', ')
}

function described(kind: 'policy' | 'rule', table: string, found: Table['rules'] = [], expected: Table['rules'] = []) {
  return differing(
    kind,
    table,
    pairs(found, expected, ({ name }) => name),
    ({ definition }) => definition,
  )
}

const tableText = ({ columns, kind }: Table): string =>
  `${kind === 'table' ? '' : `${kind}, `}${plural(columns.length, 'column')}`

/** Indexes without those of constraints, which are made and dropped together with the constraint. */
const free = ({ indexes }: Table): Index[] => indexes.filter(({ constraint }) => constraint === null)

/** Paired by name; those without a partner of the same name are paired by their description. */
function matched<T extends { name: string }>(
  found: readonly T[],
  expected: readonly T[],
  describe: (one: T) => string,
): Pair<T>[] {
  const byName = pairs(found, expected, ({ name }) => name)
  const both = byName.filter(([one, other]) => one !== undefined && other !== undefined)
  const alone = pairs(
    byName.flatMap(([one, other]) => (one !== undefined && other === undefined ? [one] : [])),
    byName.flatMap(([one, other]) => (one === undefined && other !== undefined ? [other] : [])),
    (one) => normalised(describe(one)),
  )
  return [...both, ...alone]
}

function columnText(column: Column): string {
  const { type, collation, notNull, default: expression, identity, generated, virtual, sequence } = column
  return [
    type,
    collation && `COLLATE ${collation}`,
    notNull && 'NOT NULL',
    identity !== null && `GENERATED ${identity.toUpperCase()} AS IDENTITY`,
    generated && `GENERATED ALWAYS AS (${expression})${virtual ? ' VIRTUAL' : ''}`,
    // The name of the column's own sequence does not matter; it only matters that the default comes from a sequence.
    !generated && expression !== null && (sequence === null ? `DEFAULT ${expression}` : 'DEFAULT from a sequence'),
  ]
    .filter(Boolean)
    .join(' ')
}

const constraintText = ({ definition }: Constraint): string => definition

function indexText({ definition, method, unique, valid }: Index): string {
  const at = definition.indexOf(` USING ${method} (`)
  return `${unique ? 'UNIQUE' : 'INDEX'}${at < 0 ? definition : definition.slice(at)}${valid ? '' : ' (INVALID)'}`
}

const FIRES = { origin: '', replica: ' (fires in replication only)', always: ' (fires in replication too)', never: '' }

const triggerText = ({ definition, enabled, fires = 'origin' }: Trigger): string =>
  enabled ? definition + FIRES[fires] : `${definition} (disabled)`
