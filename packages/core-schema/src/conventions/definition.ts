/** What a migration declares for a table. The rest comes from the table's kind. */
import type { Expression } from 'kysely'
import type { Column } from './column.ts'
import type { TableIndex } from './table-index.ts'

export interface Definition<C extends string> {
  /** In this order, between `id` and the time columns. */
  readonly columns: Readonly<Record<C, Column>>
  /** UNIQUE constraints, each over several columns; the name is `uq_<table>_<columns>`. For one column use `.unique()`. */
  readonly unique?: readonly (readonly NoInfer<C>[])[]
  /** Conditions (SQL) over several columns. The key is the `what` in the name `chk_<table>_<what>`. */
  readonly checks?: Readonly<Record<string, string>>
  /** Indexes. The key is the `what` in the name `idx_<table>_<what>`, or `uq_<table>_<what>` for a unique index. */
  readonly indexes?: Readonly<Record<string, TableIndex>>
  /** Default `uuid_v7()`. Only for a table that exists before that function. */
  readonly idDefault?: Expression<unknown>
}
