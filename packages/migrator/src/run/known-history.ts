/** The history as it was read at the beginning of a piece. */
import type { HistoryRow } from '../database/history.ts'

export interface KnownHistory {
  readonly rows: readonly HistoryRow[]
  /** What the table was made of; '' if there was none. */
  readonly form: string
}
