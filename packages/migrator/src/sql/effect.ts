/** What one statement takes away, as far as its words say: see effects.ts. */

export interface ObjectName {
  /** Undefined if the text names no schema. */
  readonly schema: string | undefined
  readonly name: string
}

export type Effect =
  | {
      readonly type: 'drop'
      /** `table`, `materialized view`, `trigger`: the words of the statement. */
      readonly kind: string
      readonly object: ObjectName
      /** Of a trigger, a policy or a rule. */
      readonly table?: ObjectName
      /** Of a function: what stands in its brackets. Undefined if there are none. */
      readonly signature?: string | undefined
      readonly cascade: boolean
    }
  | {
      readonly type: 'drop part'
      readonly kind: 'column' | 'constraint'
      readonly table: ObjectName
      readonly name: string
      readonly cascade: boolean
    }
  /** `what`: `NOT NULL of column email`. */
  | { readonly type: 'loosen'; readonly table: ObjectName; readonly what: string }
  /** The values of a column are converted to another type. */
  | { readonly type: 'retype'; readonly table: ObjectName; readonly name: string; readonly to: string }
  | { readonly type: 'detach'; readonly table: ObjectName; readonly object: ObjectName }
  | { readonly type: 'rename'; readonly kind: string; readonly object: ObjectName; readonly to: string }
  | { readonly type: 'rename column'; readonly table: ObjectName; readonly name: string; readonly to: string }
  | { readonly type: 'create'; readonly object: ObjectName }
  | {
      readonly type: 'rows'
      readonly action: 'delete' | 'update' | 'truncate'
      readonly table: ObjectName
      /** The columns that an update overwrites. */
      readonly columns: readonly string[]
      /** What follows FROM in a query for the rows that are meant, without the name of the table; undefined if that cannot be said. */
      readonly matching: string | undefined
      readonly cascade: boolean
    }
  | { readonly type: 'unlisted'; readonly sql: string }
