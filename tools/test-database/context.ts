/** What the global set-up tells the test files; it crosses from vitest's process to its workers, so it is plain data. */
import 'vitest'

export interface TestServer {
  /** A database to connect to for CREATE DATABASE; its user needs CREATEDB, not more. */
  readonly url: string
  /** What the names of this run's databases begin with. */
  readonly prefix: string
  /** The faster way to clone here: with fsync file_copy waits for two checkpoints, without it wal_log writes everything twice. */
  readonly strategy: 'file_copy' | 'wal_log'
  readonly templates: Readonly<Record<MigratedTo, Template>>
}

/** `everything`: the whole plan. `v1`: the plan up to the last line of V1. */
export type MigratedTo = 'everything' | 'v1'

/** A database that is cloned and never connected to, or why there is none: tests that do not need it still run. */
type Template = { readonly name: string } | { readonly error: string }

declare module 'vitest' {
  interface ProvidedContext {
    /** The error when no server could be had: pure tests still run. */
    testServer: TestServer | { readonly error: string }
  }
}
