/** One answer for every reason: who asks does not learn whether the address is known. */
export class SignInRefusedError extends Error {
  constructor() {
    super('This address and this password do not belong together, or the account may not sign in.')
    this.name = 'SignInRefusedError'
  }
}

const REFUSALS = {
  unknown: 'is unknown',
  expired: 'has expired',
  reused: 'was used before',
  ended: 'belongs to a session that has ended',
  inactive: 'belongs to an account that may not sign in',
} as const

export class RefreshRefusedError extends Error {
  readonly reason: keyof typeof REFUSALS
  constructor(reason: keyof typeof REFUSALS) {
    super(`The refresh token ${REFUSALS[reason]}: sign in again.`)
    this.name = 'RefreshRefusedError'
    this.reason = reason
  }
}
