/**
 * How a command ends before it is done. It is asked to end through its signal, and has a moment to say what became of its work. If it does
 * not end within that time, or is told again, it is left where it is, and what is known by then is said instead.
 */
import { InterruptedError, MigratorError } from '../errors.ts'

/** A run needs RUN_GRACE_MS and the time of one question to the server. All together must stay under 2 s. */
const GRACE_MS = 1400

export class Ending {
  readonly #stop = new AbortController()
  readonly #cutShort = Promise.withResolvers<never>()
  #timer: NodeJS.Timeout | undefined
  /** What is said if the command does not say it itself. */
  lastWords = (): MigratorError => new InterruptedError({ during: 'before the command was done' })

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

  /** `reason`: the failure because of which the command has to end; undefined if a person or the system wants it. */
  ask(reason?: MigratorError): void {
    if (this.signal.aborted) return
    this.#stop.abort(reason)
    this.#timer = setTimeout(() => this.cut(), GRACE_MS)
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
    const { aborted, reason } = this.signal
    if (!aborted || error instanceof InterruptedError) return error
    if (error instanceof MigratorError && ('outcome' in error || error.exitCode === 2)) return error
    return reason instanceof MigratorError ? reason : this.lastWords()
  }
}
