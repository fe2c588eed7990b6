/**
 * Which process, for certain: a pid alone is reused, a pid with its start time is not.
 * A tag is `<pid>-<start>`; the start is in clock ticks since boot from /proc on Linux. Elsewhere it is 0 and a live pid is believed.
 */
import { readFileSync } from 'node:fs'

interface ProcessState {
  readonly start: string
  /** A zombie has ended; in a container without an init nobody may ever collect it. */
  readonly ended: boolean
}

function processState(pid: number): ProcessState | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is the program's name in brackets and may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { start: fields[19] ?? '0', ended: fields[0] === 'Z' || fields[0] === 'X' }
  } catch {
    return undefined
  }
}

export function processTag(pid: number): string {
  return `${pid}-${processState(pid)?.start ?? '0'}`
}

export function pidOf(tag: string): number {
  return Number.parseInt(tag, 10)
}

/** Is the process that had this tag still running? Anything behind `<pid>-<start>` in the tag is ignored. */
export function isRunning(tag: string): boolean {
  const [pid = '', start = '0'] = tag.split('-')
  const id = Number(pid)
  if (!Number.isSafeInteger(id) || id <= 0) return false
  const state = processState(id)
  if (state !== undefined) return !state.ended && (start === '0' || state.start === start)
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The command line of a process, where the system shows it (Linux). */
export function commandLine(pid: number): readonly string[] | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return line === '' ? undefined : line.split('\0')
  } catch {
    return undefined
  }
}
