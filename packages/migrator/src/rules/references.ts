/**
 * Columns that are named like references and have no foreign key: what each one points at. Pure.
 *
 * A name proves nothing, so a target is believed only if it is a table with a key of one column that the column's type can hold. Where
 * no such table is found nothing is said, unless the database has nothing at all of that name: then the column points nowhere.
 */
import type { Column, Table } from '../catalog/types.ts'
import type { Confidence } from './finding.ts'
import { baseTypes, isUuidText, keyFamily, primaryKey, singleKeys } from './key-type.ts'
import { isOfOtherSystem } from './other-systems.ts'
import { isAnyTable, isPolymorphic } from './polymorphic.ts'
import { columnOf, isEventTable, type Subject, snake } from './subject.ts'
import { isCopy, isHistory } from './table-kind.ts'
import { type TableNames, tableNames } from './table-names.ts'

export interface Reference {
  readonly table: Table
  readonly column: Column
  /** Undefined: there is nothing that the column can point at. */
  readonly target: { readonly table: Table; readonly key: Column } | undefined
  readonly confidence: Confidence
  /** `category` of `category_id`. */
  readonly noun: string
}

/** Who did it: `owner_id`, `created_by`, `post_author`. Listed, since names such as `sort_by` refer to nobody. */
const ROLE =
  /(^|_)(creator|owner|author|uploader|recipient|sender|receiver|member|actor|inviter|invitee|follower|updater|approver|editor|reviewer|reporter|assignee|moderator|submitter|requester)$/
const BY_PERSON =
  /(^|_)(created|updated|modified|deleted|archived|restored|added|removed|invited|granted|revoked|requested|uploaded|approved|rejected|reviewed|assigned|published|reported|resolved|banned|blocked|closed|locked|owned|verified)_by(_user)?$/
/** Qualifiers of a reference to another row of the same table. */
const PARENT = /^(parent|.+_parent)$/

/** Two rules ask for them, one for those with a target and one for those without. */
const FOUND = new WeakMap<Subject, readonly Reference[]>()

export function references(subject: Subject): readonly Reference[] {
  const found = FOUND.get(subject) ?? [...findAll(subject)]
  FOUND.set(subject, found)
  return found
}

function* findAll(subject: Subject): Iterable<Reference> {
  const { catalog } = subject
  const parents = new Set(catalog.tables.flatMap((table) => table.parents))
  const search: Search = { subject, names: tableNames(subject), baseOf: baseTypes(catalog), parents }
  const usual = usualFamilies(search)
  for (const table of subject.tables) {
    if (isCopy(snake(table.name))) continue
    const bound = new Set(table.constraints.flatMap(({ kind, columns }) => (kind === 'foreign key' ? columns : [])))
    const inherited = new Set(
      table.parents.flatMap((parent) => subject.table(parent)?.columns.map(({ name }) => name) ?? []),
    )
    for (const column of table.columns) {
      // A column that a table inherits is told of at its parent. One that numbers its rows by itself refers to none.
      if (bound.has(column.name) || inherited.has(column.name) || column.generated || column.sequence !== null) continue
      const found = referenceOf(search, table, column, usual)
      if (found !== undefined) yield { table, column, ...found }
    }
  }
}

interface Search {
  readonly subject: Subject
  readonly names: TableNames
  readonly baseOf: (type: string) => string
  /** The places of the tables that others are partitions of or inherit from. */
  readonly parents: ReadonlySet<string>
}

type Found = Pick<Reference, 'target' | 'confidence' | 'noun'>

function referenceOf(search: Search, table: Table, column: Column, usual: ReadonlySet<string>): Found | undefined {
  const { subject } = search
  const known = subject.inV1(subject.place(table))
  if (known !== undefined && known !== table && columnOf(known, column.name) !== undefined)
    return fromV1(search, known, column)
  const name = snake(column.name)
  const noun = nounOf(name)
  // A column that is named after its own table is its key, or a number from elsewhere: `reactions.reaction_id`.
  if (isPolymorphic(table, column.name, noun) || search.names.named(noun, table).includes(table)) return undefined
  const candidates = candidatesOf(search, table, { name, noun, type: search.baseOf(column.type) })
  for (const { tables, confidence } of candidates) {
    const targets = tables.flatMap((other) => targetIn(search, { table, column, noun }, other) ?? [])
    // Two tables that would do are none that can be named.
    if (targets.length === 1)
      return { target: targets[0], noun, confidence: lowered(search, table, column, confidence) }
    if (tables.length > 0) return undefined
  }
  if (name !== `${noun}_id` || PARENT.test(noun) || ROLE.test(noun) || BY_PERSON.test(noun)) return undefined
  return isNowhere(search, table, column, noun, usual) ? { target: undefined, noun, confidence: 'low' } : undefined
}

/** `user` of `user_id`, `user_uuid`, `id_user` and `fk_user`; any other name as it is. */
function nounOf(name: string): string {
  const [, before, after] = /^(?:(.+)_(?:id|uuid|guid|fk)|(?:id|fk)_(.+))$/.exec(name) ?? []
  return before ?? after ?? name
}

/** What V1 says of the column is believed; where it has no foreign key there, none is wanted. */
function fromV1({ subject, baseOf }: Search, known: Table, column: Column): Found | undefined {
  const key = known.constraints.find(({ kind, columns }) => kind === 'foreign key' && columns[0] === column.name)
  if (key?.references == null) return undefined
  const table = subject.table(key.references.table)
  const referenced = columnOf(table, key.references.columns[0])
  if (table === undefined || referenced === undefined || baseOf(referenced.type) !== baseOf(column.type))
    return undefined
  return { target: { table, key: referenced }, noun: column.name, confidence: 'high' }
}

interface Candidates {
  readonly tables: readonly Table[]
  readonly confidence: Confidence
}

/** Likeliest first. The first that names any table decides. */
function* candidatesOf(
  { names }: Search,
  table: Table,
  { name, noun, type }: { name: string; noun: string; type: string },
): Iterable<Candidates> {
  const isId = name !== noun
  const isKeyNumber = type === 'uuid' || type === 'integer' || type === 'bigint'
  if (isId) {
    yield { tables: names.named(noun, table), confidence: name === `${noun}_id` ? 'high' : 'medium' }
    yield { tables: names.besides(noun, table), confidence: 'medium' }
    if (PARENT.test(noun) && !isHistory(snake(table.name))) yield { tables: [table], confidence: 'high' }
  }
  if (isKeyNumber && (ROLE.test(noun) || BY_PERSON.test(noun))) {
    yield { tables: names.named('user', table), confidence: isId || BY_PERSON.test(noun) ? 'high' : 'medium' }
    yield { tables: names.besides('user', table), confidence: 'medium' }
    yield { tables: names.named('auth_user', table), confidence: 'medium' }
  }
  if (name !== `${noun}_id` || ROLE.test(noun)) return
  // `billing_address_id` points at addresses: the words before the last ones say which of them.
  const words = noun.split('_')
  for (let at = 1; at < words.length; at += 1)
    yield { tables: names.named(words.slice(at).join('_'), table), confidence: 'medium' }
  yield { tables: names.ending(noun, table), confidence: 'low' }
}

function targetIn(
  search: Search,
  { table, column, noun }: Pick<Reference, 'table' | 'column' | 'noun'>,
  other: Table,
): Reference['target'] {
  const { subject, baseOf } = search
  if (isBeyondKeys(search, table, other)) return undefined
  // Nothing may hinder the partitioning of an event table of V1.
  if (isEventTable(other.name) && subject.inV1(subject.place(other)) !== undefined) return undefined
  const own = keyFamily(baseOf(column.type))
  const primary = primaryKey(other)
  const key = singleKeys(other).find(({ name, type }) => {
    if (other === table && name === column.name) return false
    const isPrimary = primary.length === 1 && primary[0] === name
    const family = keyFamily(baseOf(type))
    if (family === undefined) return false
    // A text that holds uuids is meant for the primary key; any other text must be called as the key that it refers to.
    if (family === 'uuid' && own === undefined) return isPrimary && isUuidText(column.type)
    if (family === 'uuid' && own === 'text') return isPrimary && isUuidText(column.type)
    if (family !== own) return false
    const isNamed =
      snake(name) === snake(column.name) || /^(id|uuid|guid)$/.test(snake(name)) || snake(name) === `${noun}_id`
    return isPrimary ? own !== 'text' || isNamed : isNamed
  })
  return key === undefined ? undefined : { table: other, key }
}

/** Where PostgreSQL refuses a foreign key, or where it would not see all rows: those of a table's children are not in the table. */
function isBeyondKeys({ subject: { place }, parents }: Search, table: Table, other: Table): boolean {
  if (other.persistence === 'unlogged' && table.persistence !== 'unlogged') return true
  if (table.parents.includes(place(other)) || other.parents.includes(place(table))) return true
  return other.kind === 'table' && parents.has(place(other))
}

/** A table that keeps what was may refer to what is gone, and most texts that end in _id come from elsewhere. */
function lowered({ baseOf }: Search, table: Table, column: Column, confidence: Confidence): Confidence {
  if (isHistory(snake(table.name)) || keyFamily(baseOf(column.type)) === 'text') return 'low'
  return confidence === 'high' && isUuidText(column.type) ? 'medium' : confidence
}

function isNowhere(search: Search, table: Table, column: Column, noun: string, usual: ReadonlySet<string>): boolean {
  const { names, baseOf } = search
  const family = keyFamily(baseOf(column.type))
  if (family === undefined || family === 'text' || !usual.has(family) || column.sequence !== null) return false
  if (isAnyTable(noun) || isOfOtherSystem(noun) || isHistory(snake(table.name)) || isEventTable(table.name))
    return false
  // What is unique by itself names its own row: the id of the same thing in another system.
  if (singleKeys(table).some(({ name }) => name === column.name)) return false
  const words = noun.split('_')
  const endings = words.map((_, at) => words.slice(at).join('_'))
  return !endings.some((ending) => names.exists(ending) || names.ending(ending, table).length > 0)
}

/** Families of which too few tables have their key are no sign: in a database of uuids an integer refers to no table that was forgotten. */
const LEAST_SHARE = 0.1

function usualFamilies({ subject, baseOf }: Search): ReadonlySet<string> {
  const families = subject.tables.flatMap((table) => {
    const key = primaryKey(table)
    return key.length === 1 ? (keyFamily(baseOf(columnOf(table, key[0])?.type ?? '')) ?? []) : []
  })
  const byFamily = Map.groupBy(families, (family) => family)
  return new Set(
    [...byFamily].flatMap(([family, { length }]) => (length >= families.length * LEAST_SHARE ? family : [])),
  )
}
