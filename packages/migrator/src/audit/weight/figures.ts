/**
 * What a person would count by hand in a database before it is rebuilt, each number beside what it is a part of. Counted are the tables
 * that the rules judge: a partition is counted in its parent, and the tables of extensions and foreign tables are not counted. Pure.
 */
import { HOME } from '../../catalog/place.ts'
import type { Catalog } from '../../catalog/types.ts'
import { type Subject, subjectOf } from '../../rules/subject.ts'
import { type KeyFigures, keyFigures } from './figures-keys.ts'
import { type ReferenceFigures, referenceFigures } from './figures-references.ts'
import { type SoftDeleteFigures, softDeleteFigures } from './figures-soft-delete.ts'
import { type TimeFigures, timeFigures } from './figures-times.ts'
import { type Share, shareOf, sum } from './share.ts'

export interface Figures {
  readonly tables: number
  readonly columns: number
  /** The planner's estimate over all counted tables; a table that was never analyzed adds 0. */
  readonly estimatedRows: number
  readonly keys: KeyFigures
  readonly references: ReferenceFigures
  readonly times: TimeFigures
  readonly softDelete: SoftDeleteFigures
  /** Character columns with a limit, varchar(n) or char(n), of all character columns. */
  readonly limitedText: Share
  /** Tables with a comment, of all tables. */
  readonly commented: Share
  readonly objects: ObjectFigures
  /** The schemas that are not PostgreSQL's own or an extension's, those that were audited first, each with its tables and views. */
  readonly schemas: readonly { readonly name: string; readonly audited: boolean; readonly relations: number }[]
}

/** Without those of extensions. */
interface ObjectFigures {
  readonly indexes: number
  readonly triggers: number
  /** Materialized ones too. */
  readonly views: number
  /** Procedures and aggregates too. */
  readonly functions: number
  readonly enums: number
  readonly sequences: number
}

const LIMITED = /^character\b.*\(\d+\)/
const CHARACTERS = /^(text|character|bpchar|citext)\b/

export function figuresOf(live: Catalog, v1: Catalog): Figures {
  const subject = subjectOf(live, v1)
  const { tables } = subject
  const columns = tables.flatMap((table) => table.columns)
  const characters = columns.filter(({ type }) => CHARACTERS.test(type))
  return {
    tables: tables.length,
    columns: columns.length,
    estimatedRows: sum(tables, ({ estimatedRows }) => estimatedRows),
    keys: keyFigures(tables),
    references: referenceFigures(subject),
    times: timeFigures(tables),
    softDelete: softDeleteFigures(subject),
    limitedText: shareOf(characters, ({ type }) => LIMITED.test(type)),
    commented: shareOf(tables, ({ comment }) => comment !== null),
    objects: objectFigures(subject),
    schemas: schemaFigures(subject),
  }
}

const isOwn = ({ extension }: { readonly extension: string | null }): boolean => extension === null

const objectFigures = ({ catalog, tables }: Subject): ObjectFigures => ({
  indexes: sum(tables, ({ indexes }) => indexes.length),
  triggers: sum(tables, ({ triggers }) => triggers.length),
  views: catalog.views.filter(isOwn).length,
  functions: catalog.functions.filter(isOwn).length,
  enums: catalog.types.filter((type) => isOwn(type) && type.kind === 'enum').length,
  sequences: catalog.sequences.filter(isOwn).length,
})

function schemaFigures({ catalog, tables }: Subject): Figures['schemas'] {
  const relations = [...tables, ...catalog.views.filter(isOwn)]
  const audited = Map.groupBy(relations, ({ schema = HOME }) => schema)
  return [
    ...[...audited].map(([name, own]) => ({ name, audited: true, relations: own.length })),
    ...catalog.otherSchemas
      .filter(isOwn)
      .map(({ name, relations: count }) => ({ name, audited: false, relations: count })),
  ]
}
