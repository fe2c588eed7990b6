/**
 * A database's public schema as a value: what `check` compares, `audit` holds against the rules, and `types` writes down.
 * Names are as the catalogue has them, unquoted. Expressions are PostgreSQL's own rendering (pg_get_expr and its kin), so two databases
 * of one major version that mean the same say the same.
 */

export interface Catalog {
  /** 180004. */
  readonly serverVersionNumber: number
  readonly tables: readonly Table[]
  readonly views: readonly View[]
  readonly functions: readonly Routine[]
  /** Enums, domains, ranges and composite types of their own. */
  readonly types: readonly UserType[]
  readonly sequences: readonly Sequence[]
  /** Schemas that are neither public nor PostgreSQL's own. */
  readonly otherSchemas: readonly OtherSchema[]
}

export interface OtherSchema {
  readonly name: string
  /** Tables and views in it. */
  readonly relations: number
  readonly routines?: number
  /** Enums, domains, ranges and composite types of their own. */
  readonly types?: number
  /** The extension that brought it. */
  readonly extension: string | null
}

export interface Table {
  readonly oid: number
  readonly name: string
  readonly kind: 'table' | 'partitioned' | 'foreign'
  /** The table that this is a partition of, or inherits from; `schema.name` where it is not in public. */
  readonly parents: readonly string[]
  /** A partition: its parent says what its columns and keys are. */
  readonly partition: boolean
  /** The columns that a partitioned table is partitioned by. */
  readonly partitionKey?: readonly string[]
  /** Of an extension: nobody's here to judge. */
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
  readonly policies?: readonly Described[]
  /** CREATE RULE. */
  readonly rules?: readonly Described[]
  /** REPLICA IDENTITY: `default`, `nothing`, `full`, `index uq_users_email`. */
  readonly replicaIdentity?: string
  /** The planner's estimate; 0 = none. */
  readonly estimatedRows: number
}

/** A part that is told by its name and its text. */
export interface Described {
  readonly name: string
  readonly definition: string
}

export interface Column {
  readonly name: string
  /** Position among the live columns, from 1. */
  readonly position: number
  /** `numeric(5,2)`, `text[]`: format_type. */
  readonly type: string
  readonly notNull: boolean
  /** Expression, or null. Of a generated column: what generates it. */
  readonly default: string | null
  readonly identity: 'always' | 'by default' | null
  readonly generated: boolean
  /** Computed when it is read, not kept. */
  readonly virtual?: boolean
  /** Where it is not its type's own. */
  readonly collation?: string | null
  /** The sequence that this column owns (serial, identity). */
  readonly sequence: string | null
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
  /** Of a foreign key. */
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
  /** Column name, or the expression where a key is one. */
  readonly keys: readonly string[]
  readonly predicate: string | null
  /** pg_get_indexdef. */
  readonly definition: string
  /** Of the constraint that made the index; null for one of its own. */
  readonly constraint: string | null
  readonly comment: string | null
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

export interface View {
  readonly oid: number
  readonly name: string
  readonly materialized: boolean
  readonly definition: string
  readonly extension: string | null
  readonly comment: string | null
}

export interface Routine {
  readonly oid: number
  readonly name: string
  /** `uuid_v7()`: name with argument types. */
  readonly signature: string
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window'
  /** pg_get_functiondef; null for aggregates and for what an extension brought. */
  readonly definition: string | null
  readonly extension: string | null
  readonly comment: string | null
}

export interface UserType {
  readonly oid: number
  readonly name: string
  readonly kind: 'enum' | 'domain' | 'range' | 'composite'
  readonly definition: string
  readonly extension: string | null
  readonly comment: string | null
}

export interface Sequence {
  readonly oid: number
  readonly name: string
  /** `table.column` that owns it, or null. */
  readonly ownedBy: string | null
  readonly extension: string | null
}
