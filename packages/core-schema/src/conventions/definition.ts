/** What a table has besides that which its kind gives it. */
import type { Expression } from 'kysely'
import type { Column } from './column.ts'
import type { TableIndex } from './table-index.ts'

export interface Definition<C extends string> {
  /** In the order in which they stand; between `id` and the time columns. */
  readonly columns: Readonly<Record<C, Column>>
  /** UNIQUE over several columns each; the name is `uq_<table>_<columns>`. Over one column: `.unique()`. */
  readonly unique?: readonly (readonly NoInfer<C>[])[]
  /** Conditions (SQL) over several columns, each under the `what` of its name `chk_<table>_<what>`. */
  readonly checks?: Readonly<Record<string, string>>
  /** Each under the `what` of its name, `idx_<table>_<what>` or, unique, `uq_<table>_<what>`. */
  readonly indexes?: Readonly<Record<string, TableIndex>>
  /** Default `uuid_v7()`. Only for a table that exists before that function. */
  readonly idDefault?: Expression<unknown>
}
