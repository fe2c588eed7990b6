/** `target_session_attrs`: which of several servers a run is for. Pure. */

export type SessionAttributes = 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby'

/** What a server says about itself when the connection is made. */
export interface ServerState {
  readonly isStandby: boolean
  /** `default_transaction_read_only` of the session. */
  readonly isReadOnly: boolean
}

/** The orders in which the servers are tried: the second is tried where no server of the first is to be had. */
export const passesFor = (wanted: SessionAttributes): readonly SessionAttributes[] =>
  wanted === 'prefer-standby' ? ['standby', 'any'] : [wanted]

/** Why a server is not what is wanted; undefined if it is. */
export function unsuitable(wanted: SessionAttributes, { isStandby, isReadOnly }: ServerState): string | undefined {
  if ((wanted === 'primary' || wanted === 'read-write') && isStandby) return 'it is a standby'
  if (wanted === 'read-write' && isReadOnly) return 'its transactions are read-only'
  if (wanted === 'standby' && !isStandby) return 'it is not a standby'
  if (wanted === 'read-only' && !isStandby && !isReadOnly) return 'its transactions are not read-only'
  return undefined
}
