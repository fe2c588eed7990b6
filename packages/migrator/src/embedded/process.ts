/**
 * Identifies a process by a tag, `<pid>-<start>`: the system reuses pids, but not a pid with the same start time.
 * On Linux the start is in clock ticks since boot, from /proc. On other systems it is 0, and any running process with the pid counts.
 */
import { readFileSync } from 'node:fs'

interface ProcessState {
  readonly start: string
  /** True for a zombie too: in a container without an init process, a zombie may stay for ever. */
  readonly ended: boolean
}

function processState(pid: number): ProcessState | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is the program's name in brackets. The name itself may contain blanks and brackets.
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

/** Whether the process with this tag is still running. Text after `<pid>-<start>` in the tag is ignored. */
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
    // EPERM: the process runs as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The command line of a process; undefined if the system does not show it (only Linux does). */
export function commandLine(pid: number): readonly string[] | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return line === '' ? undefined : line.split('\0')
  } catch {
    return undefined
  }
}
