/** What a verb is: its options, and what it does with them. */
import type { Command } from 'commander'
import type { ExitCode } from './errors.ts'
import type { Output } from './report/output.ts'

/** What a verb gets from the process that it runs in. */
export interface Context {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
}

/** What every verb takes. */
export interface CommonOptions {
  readonly databaseUrl?: string
  readonly workspace?: string
  readonly json?: boolean
}

/** Declares a verb's options and, as its action, what it does. The action answers the exit code; nothing = 0. */
export type Verb = (command: Command) => {
  run(options: any, output: Output, context: Context): Promise<ExitCode | undefined>
}
