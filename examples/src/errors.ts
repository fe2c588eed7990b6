/** One answer for every reason: who asks does not learn whether the address is known. */
export class SignInRefusedError extends Error {
  constructor() {
    super('This address and this password do not belong together, or the account may not sign in.')
    this.name = 'SignInRefusedError'
  }
}

export class RefreshRefusedError extends Error {
  readonly reason: 'unknown' | 'expired' | 'reused'
  constructor(reason: 'unknown' | 'expired' | 'reused') {
    super(`The refresh token is ${reason}: sign in again.`)
    this.name = 'RefreshRefusedError'
    this.reason = reason
  }
}
