/** Signals to a run, and whether it heeded them in time. */
import type { ChildProcess } from 'node:child_process'
import type { Ended } from './process.ts'

export const WAYS = [['SIGINT'], ['SIGTERM'], ['SIGINT', 'SIGINT']] as const

export interface Signalled {
  readonly way: (typeof WAYS)[number]
  /** Set when the first signal is sent: what is wrong with how the run ended, as sentences. */
  late?: (ended: Ended) => readonly string[]
}

/** Promised are 2 s. The rest is for a machine that is busy with other things. */
const WITHIN_MS = 6000
/** A second signal is promised to end the run at once. Less than what the first one leaves the run to end by itself. */
const AT_ONCE_MS = 1000
/** What comes sooner is the same Ctrl-C: npm and Nx pass on what the terminal has told everybody. */
const BETWEEN_MS = 300

export function signal(child: ChildProcess, signalled: Signalled): void {
  const [first, second] = signalled.way
  const at = performance.now()
  let over = at
  child.once('exit', () => {
    over = performance.now()
  })
  child.kill(first)
  let again = Number.POSITIVE_INFINITY
  if (second !== undefined)
    setTimeout(() => {
      again = performance.now()
      child.kill(second)
    }, BETWEEN_MS)
  signalled.late = ({ stderr }) => [
    ...(over - at > WITHIN_MS ? [`it ended ${Math.round(over - at)} ms after the signal`] : []),
    ...(over - again > AT_ONCE_MS ? [`it ended ${Math.round(over - again)} ms after the second signal`] : []),
    ...(stderr.trim() === '' ? ['it ended without a sentence'] : []),
  ]
}
