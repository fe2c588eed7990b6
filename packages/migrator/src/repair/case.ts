/** What the history says of one migration, and which repair that allows. Pure. */
import { type HistoryRow, idOf } from '../database/history.ts'
import type { RowChange } from '../database/repairs.ts'
import type { Planned } from '../workspace/workspace.ts'
import { RepairDoesNotFitError, RepairIdError, type RowState } from './errors.ts'

export type RowAction = RowChange['action']

/** The actions that each state allows. */
const FITS: Readonly<Record<RowState, readonly RowAction[]>> = {
  pending: [],
  applied: [],
  changed: ['accept-checksum'],
  begun: ['mark-done', 'mark-undone'],
  // With the checksum of another text nobody can say whether what is here was done.
  outdated: ['mark-undone', 'accept-checksum'],
  lost: ['forget'],
}

export interface Known {
  readonly order: readonly Planned[]
  readonly history: readonly HistoryRow[]
  /** How messages name the database. */
  readonly database: string
}

/** A repair that the state of the row allows. */
export interface Proposal {
  readonly id: string
  readonly state: RowState
  readonly change: RowChange
  readonly row: HistoryRow
  /** The row afterwards; undefined if there will be none. */
  readonly after: HistoryRow | undefined
  /** Undefined for a migration that this checkout does not know. */
  readonly step: Planned | undefined
}

/** `id` is taken as it is: no short form, no number. Throws RepairIdError, RepairDoesNotFitError. */
export function propose({ order, history, database }: Known, id: string, action: RowAction): Proposal {
  const step = order.find((one) => one.id === id)
  const row = history.find((one) => idOf(one) === id)
  if (step === undefined && row === undefined)
    throw new RepairIdError({ given: id, similar: similarTo(id, order, history), database })
  const state = stateOf(step, row)
  const fits = FITS[state]
  if (row === undefined || !fits.includes(action))
    throw new RepairDoesNotFitError({ id, database, action, state, fits })
  const change = changeOf(action, step)
  return { id, state, change, row, after: rowAfter(row, change), step }
}

function stateOf(step: Planned | undefined, row: HistoryRow | undefined): RowState {
  if (row === undefined) return 'pending'
  if (step === undefined) return 'lost'
  const isChanged = row.checksum !== step.checksum
  if (row.durationMs === null) return isChanged ? 'outdated' : 'begun'
  return isChanged ? 'changed' : 'applied'
}

const changeOf = (action: RowAction, step: Planned | undefined): RowChange =>
  action === 'accept-checksum' ? { action, checksum: (step as Planned).checksum } : { action }

function rowAfter(row: HistoryRow, change: RowChange): HistoryRow | undefined {
  switch (change.action) {
    case 'accept-checksum':
      return { ...row, checksum: change.checksum }
    case 'mark-done':
      return { ...row, durationMs: 0 }
    case 'forget':
    case 'mark-undone':
      return undefined
  }
}

/** The full ids that a short form may stand for. */
function similarTo(given: string, order: readonly Planned[], history: readonly HistoryRow[]): string[] {
  const words = given.replace(/^.*\//, '').replace(/\.ts$/, '').toLowerCase()
  const at = order.find(({ position }) => String(position) === given)?.id
  const ids = [...new Set([...order.map(({ id }) => id), ...history.map(idOf)])]
  return ids.filter((id) => id === at || (words !== '' && id.toLowerCase().includes(words)))
}
