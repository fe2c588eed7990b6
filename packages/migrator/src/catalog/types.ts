/**
 * The schemas of a database that were asked for, as a value; without a wish it is public. `check` compares two of them, `audit` checks one by the rules, and `types` writes files from one.
 * Names are as the catalogue has them, unquoted. Expressions are PostgreSQL's own rendering (pg_get_expr and similar functions), so
 * equal expressions have equal texts in all databases of one major version.
 */

export interface Catalog {
  /** `180004` for PostgreSQL 18.4. */
  readonly serverVersionNumber: number
  readonly tables: readonly Table[]
  readonly views: readonly View[]
  readonly functions: readonly Routine[]
  /** Enums, domains, ranges and composite types; not the row types of tables. */
  readonly types: readonly UserType[]
  readonly sequences: readonly Sequence[]
  /** Schemas that were not read and are not PostgreSQL's own. */
  readonly otherSchemas: readonly OtherSchema[]
  /** Foreign keys between a schema that was read and any other schema, in both directions. */
  readonly crossings?: readonly CrossingReference[]
  /**
   * The schema that stands in public's place when this is compared with V1: names in it are written without their schema, also in
   * expressions and definitions. Default: public.
   */
  readonly home?: string
  /** Server encoding: `UTF8`, `SQL_ASCII`. */
  readonly encoding?: string
  /** What belongs to no table and is no view, routine, type or sequence: extensions, publications, casts and the like. */
  readonly objects?: readonly DatabaseObject[]
  /** Parts that could not be looked at, and why. */
  readonly unread?: readonly Unread[]
}

export interface CrossingReference {
  readonly name: string
  readonly columns: readonly string[]
  readonly from: { readonly schema: string; readonly name: string }
  readonly to: { readonly schema: string; readonly name: string }
}

/** Something that the catalogue would hold, and does not. */
export interface Unread {
  /** The table or view, as placeOf() names it, or null: then `what` says it. */
  readonly table: string | null
  /** Nothing is told of the table, the view or the routine. */
  readonly isPassedOver?: boolean
  /** The signature of a routine, with its schema as placeOf() gives it. */
  readonly routine?: string
  /** `the table users`, `the rows of migration_history`. */
  readonly what: string
  /** Part of a sentence: `another session holds it with ACCESS EXCLUSIVE (pid 4711)`, `role reader may not SELECT`. */
  readonly reason: string
  /** What makes it readable: a sentence, or a statement of SQL. */
  readonly remedy: string
}

export type DatabaseObjectKind =
  | 'extension'
  | 'statistics'
  | 'publication'
  | 'event trigger'
  | 'cast'
  | 'setting'
  | 'schema'
  | 'database'
  | 'default privileges'
  | RareKind

/** As the server calls them (pg_identify_object). */
type RareKind =
  | 'operator'
  | 'operator class'
  | 'collation'
  | 'conversion'
  | 'text search configuration'
  | 'text search dictionary'
  | 'foreign-data wrapper'
  | 'server'
  | 'language'
  | 'subscription'

export interface DatabaseObject {
  readonly kind: DatabaseObjectKind
  readonly name: string
  /** The table, as placeOf() names it, of what belongs to one (statistics); otherwise null. */
  readonly table: string | null
  /** All of it that is compared: `version 1.6`, `FOR TABLE users (INSERT, UPDATE)`. */
  readonly definition: string
  readonly comment: string | null
  /** The extension that made it, or null. */
  readonly extension: string | null
  /** For an extension: what uses it, such as `column users.email (citext)`, sorted. */
  readonly dependents?: readonly string[]
  /** Of a schema, an extension and the database. */
  readonly owner?: string
  /** Of a schema and the database. */
  readonly grants?: readonly Grant[]
}

/** Who may do what with an object beyond its owner. */
export interface Grant {
  /** `PUBLIC`, or a role. */
  readonly to: string
  /** Sorted: `SELECT`, `UPDATE (email)`, `INSERT WITH GRANT OPTION`. */
  readonly privileges: readonly string[]
}

/** What every object has. */
export interface Owned {
  /** The object's schema. Default: public. */
  readonly schema?: string
  readonly owner?: string
  readonly grants?: readonly Grant[]
}

export interface OtherSchema {
  readonly name: string
  /** How many tables and views it has. */
  readonly relations: number
  readonly routines?: number
  /** How many enums, domains, ranges and composite types it has; the row types of tables are not counted. */
  readonly types?: number
  /** The extension that created it, or null. */
  readonly extension: string | null
  readonly owner?: string
  /** Its tables and views, without partitions, for the question what belongs to whom. */
  readonly tables?: readonly (Pick<Owned, 'owner' | 'grants'> & { readonly name: string })[]
}

export interface Table extends Owned {
  readonly oid: number
  readonly name: string
  readonly kind: 'table' | 'partitioned' | 'foreign'
  /** The tables that this one is a partition of or inherits from; `schema.name` for a table outside public. */
  readonly parents: readonly string[]
  /** True for a partition, whose columns and keys are decided by its parent. */
  readonly partition: boolean
  /** The columns that a partitioned table is partitioned by. */
  readonly partitionKey?: readonly string[]
  /** The extension that created the table, or null. An extension's table is not checked by the rules. */
  readonly extension: string | null
  readonly comment: string | null
  readonly columns: readonly Column[]
  readonly constraints: readonly Constraint[]
  readonly indexes: readonly Index[]
  readonly triggers: readonly Trigger[]
  /** An unlogged table is empty after a crash. */
  readonly persistence?: 'permanent' | 'unlogged'
  /** Row level security; forced = for the owner too. */
  readonly rowSecurity?: 'enabled' | 'forced' | null
  readonly policies?: readonly TablePart[]
  /** CREATE RULE. */
  readonly rules?: readonly TablePart[]
  /** REPLICA IDENTITY: `default`, `nothing`, `full`, `index uq_users_email`. */
  readonly replicaIdentity?: string
  /** WITH (...): `fillfactor=70`, sorted. */
  readonly options?: readonly string[]
  /**
   * The larger one of the planner's estimate and the live count of the statistics, since either can be out of date; of a partitioned table
   * that of its partitions. 0 = the table is empty, or there is neither.
   */
  readonly estimatedRows: number
}

/** A part of a table that is fully described by its name and its text: a policy or a rule. */
export interface TablePart {
  readonly name: string
  readonly definition: string
  readonly comment?: string | null
}

export interface Column {
  readonly name: string
  /** Position among the columns that are not dropped, from 1. */
  readonly position: number
  /** attnum: a column keeps it whatever it is called, and no later column of the table gets it. */
  readonly number?: number
  /** `numeric(5,2)`, `text[]`: format_type. */
  readonly type: string
  readonly notNull: boolean
  /** The default expression, or null. For a generated column: the expression that generates it. */
  readonly default: string | null
  readonly identity: 'always' | 'by default' | null
  readonly generated: boolean
  /** A generated column that is computed when it is read, and not stored. */
  readonly virtual?: boolean
  /** The collation, if it is not the default of the column's type; otherwise null. */
  readonly collation?: string | null
  /**
   * How many different values the server's statistics say it has; negative: that part of the number of rows, so that -1 is a value of its own
   * in each row. Null where there are no statistics, or none that the role may read; undefined where they were not asked for.
   */
  readonly distinct?: number | null
  /** The sequence that this column owns (serial, identity). */
  readonly sequence: string | null
  /** What was set of its storage and statistics: `STORAGE external`, `STATISTICS 500`, `n_distinct=-0.5`. */
  readonly tuning?: readonly string[]
  readonly comment: string | null
}

export type ConstraintKind = 'primary key' | 'unique' | 'foreign key' | 'check' | 'exclude'

export interface Constraint {
  readonly name: string
  readonly kind: ConstraintKind
  readonly columns: readonly string[]
  /** pg_get_constraintdef. */
  readonly definition: string
  readonly validated: boolean
  /** What a foreign key refers to; null for any other constraint. */
  readonly references: {
    readonly schema: string
    readonly table: string
    readonly columns: readonly string[]
    readonly onDelete: ReferentialAction
    readonly onUpdate: ReferentialAction
  } | null
  readonly comment: string | null
}

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface Index {
  readonly name: string
  readonly method: string
  readonly unique: boolean
  readonly primary: boolean
  readonly valid: boolean
  /** For each key: the name of the column, or the expression. */
  readonly keys: readonly string[]
  /** For each key, in what order the index keeps it. */
  readonly sorting?: readonly KeySorting[]
  /** The columns after INCLUDE, which the index holds and does not sort by. */
  readonly included?: readonly string[]
  readonly predicate: string | null
  /** pg_get_indexdef. */
  readonly definition: string
  /** The name of the constraint that made the index; null if CREATE INDEX made it. */
  readonly constraint: string | null
  readonly comment: string | null
}

export interface KeySorting {
  /** The oids of the operator class and of the collation (0 = none): equal within one database only. */
  readonly operatorClass: string
  readonly collation: string
  readonly descending: boolean
  readonly nullsFirst: boolean
}

export interface Trigger {
  readonly name: string
  /** Schema and name. */
  readonly function: string
  readonly definition: string
  readonly enabled: boolean
  /** In which sessions it fires: session_replication_role. */
  readonly fires?: 'origin' | 'replica' | 'always' | 'never'
  readonly comment: string | null
}

export interface View extends Owned {
  readonly oid: number
  readonly name: string
  readonly materialized: boolean
  readonly definition: string
  /** WITH (...): `security_invoker=true`, sorted. */
  readonly options?: readonly string[]
  /** Of a materialized view. */
  readonly indexes?: readonly Index[]
  readonly triggers?: readonly Trigger[]
  /** CREATE RULE; not the rule that makes the view one. */
  readonly rules?: readonly TablePart[]
  /** Those of its columns that have a comment. */
  readonly columnComments?: readonly { readonly name: string; readonly comment: string }[]
  readonly extension: string | null
  readonly comment: string | null
}

export interface Routine extends Owned {
  readonly oid: number
  readonly name: string
  /** `uuid_v7()`: name with argument types. */
  readonly signature: string
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window'
  /** pg_get_functiondef; null for aggregates and for routines of an extension. */
  readonly definition: string | null
  /** SECURITY DEFINER: it runs with the rights of its owner. */
  readonly securityDefiner?: boolean
  /** SET in its head: `search_path=pg_catalog, public`. */
  readonly settings?: readonly string[]
  readonly extension: string | null
  readonly comment: string | null
}

export interface UserType extends Owned {
  readonly oid: number
  readonly name: string
  readonly kind: 'enum' | 'domain' | 'range' | 'composite'
  readonly definition: string
  readonly extension: string | null
  readonly comment: string | null
}

export interface Sequence extends Owned {
  readonly oid: number
  readonly name: string
  /** What CREATE SEQUENCE said of it that is not the default: `AS integer INCREMENT BY 5`; '' if nothing. */
  readonly options: string
  /** `table.column` that owns it, or null. */
  readonly ownedBy: string | null
  /** The last number given out; null where none was, or the role may not read it; undefined where it was not asked for. */
  readonly lastValue?: number | null
  readonly extension: string | null
  readonly comment?: string | null
}
