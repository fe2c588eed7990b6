/** What the global set-up tells the test files. It is sent from vitest's process to its workers, so it is plain data. */
import 'vitest'

export interface TestServer {
  /** URL of the database to connect to for CREATE DATABASE; its user needs only CREATEDB. */
  readonly url: string
  /** The names of this run's databases begin with this. */
  readonly prefix: string
  /** The faster way to clone on this server. With fsync, file_copy waits for two checkpoints; wal_log always writes everything twice. */
  readonly strategy: 'file_copy' | 'wal_log'
  readonly templates: Readonly<Record<MigratedTo, Template>>
}

/** `everything`: the whole plan. `v1`: the plan up to the last line of V1. */
export type MigratedTo = 'everything' | 'v1'

/** A database that is cloned and never connected to, or why there is none. Without it, the tests that do not need it still run. */
type Template = { readonly name: string } | { readonly error: string }

declare module 'vitest' {
  interface ProvidedContext {
    /** `error` if no server could be started; tests without a database still run then. */
    testServer: TestServer | { readonly error: string }
  }
}
