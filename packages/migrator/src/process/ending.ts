/**
 * How a command ends before it is done. It is asked to end through its signal, and has a moment to say what became of its work. If it does
 * not end within that time, or is told again, it is left where it is, and what is known by then is said instead.
 */
import { InterruptedError, MigratorError } from '../errors.ts'

/** A run needs RUN_GRACE_MS and the time of one question to the server. All together must stay under 2 s. */
const GRACE_MS = 1400
/** After a failure nobody is waiting for the prompt: there is time to stop an embedded server. */
const ORDER_MS = 15_000

export class Ending {
  readonly #stop = new AbortController()
  readonly #cutShort = Promise.withResolvers<never>()
  #timer: NodeJS.Timeout | undefined
  /** What is said if the command does not say it itself. */
  lastWords: () => MigratorError = interrupted
  #failure: { readonly error: unknown } | undefined

  constructor() {
    // Whether anybody waits for it or not, it is no failure of its own.
    this.cutShort.catch(() => {})
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** Rejects with the last words if the command has to be left before it is done. */
  get cutShort(): Promise<never> {
    return this.#cutShort.promise
  }

  /** A person or the system wants the command to end. */
  ask(): void {
    this.#end(interrupted(), GRACE_MS)
  }

  /** The command has to end, because something has failed that nothing in it awaits. The first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#end(error, ORDER_MS)
  }

  #end(reason: unknown, graceMs: number): void {
    if (this.signal.aborted) return
    this.#stop.abort(reason)
    this.#timer = setTimeout(() => this.cut(), graceMs)
  }

  /** Throws such a failure if the command did not notice it. */
  assertNothingFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  cut(): void {
    this.#cutShort.reject(this.lastWords())
  }

  /** The command is over. */
  over(): void {
    clearTimeout(this.#timer)
  }

  /** What the command threw, or the reason for it: after Ctrl-C a lost connection is no news. What says what became of a run is kept. */
  explained(error: unknown): unknown {
    const failure = this.#failure?.error
    if (failure !== undefined) return error instanceof MigratorError && error.cause === failure ? error : failure
    if (!this.signal.aborted || (error instanceof InterruptedError && this.lastWords === interrupted)) return error
    if (error instanceof MigratorError && ('outcome' in error || error.exitCode === 2)) return error
    return this.lastWords()
  }
}

function interrupted(): MigratorError {
  return new InterruptedError({ during: 'before the command was done' })
}
