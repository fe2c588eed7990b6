/** Ctrl-C (SIGINT), SIGTERM and SIGHUP: the first one asks the command to end, another one ends it at once. */

import { keepListening } from './listening.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** npm and Nx pass Ctrl-C on to a process that the terminal has told already: what comes within this time is the same Ctrl-C. */
const SAME_MS = 150

/** Returns a function that stops listening. */
export function onSignals({ first, again }: { first(): void; again(): void }): () => void {
  let since: number | undefined
  const heard = () => {
    if (since === undefined) {
      since = performance.now()
      first()
    } else if (performance.now() - since > SAME_MS) again()
  }
  return keepListening(Object.fromEntries(SIGNALS.map((name) => [name, heard])))
}
