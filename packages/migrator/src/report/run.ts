/** A run → its report: each event as it comes, and a summary at the end. Pure: the same events give the same lines, painted or plain. */
import { holderText, sessionText } from '../database/lock.ts'
import { plural } from '../errors.ts'
import type { RunEvent, RunSummary } from '../run/events.ts'
import type { Paint } from '../verb.ts'
import { durationText } from './durations.ts'
import { type Layout, stepDocument, stepLine } from './steps.ts'

/** The lines of one event; none for the events that only a spinner shows. */
export function eventLines(event: RunEvent, layout: Layout): string[] {
  const { paint } = layout
  const note = (text: string) => [paint('yellow', text)]
  switch (event.type) {
    case 'planned':
    case 'started':
    case 'committed':
      return []
    case 'landed':
      return [stepLine(event.step, layout, paint('dim', durationText(event.durationMs).padStart(7)))]
    case 'waiting': {
      const since = event.waitedMs < 1000 ? '' : `, ${durationText(event.waitedMs)} so far`
      return note(`waiting for another run: ${holderText(event.holder)}${since}`)
    }
    case 'blocked':
      return note(`${event.step.id} waits for a lock that is held by ${event.by.map(sessionText).join(' and ')}`)
    case 'retrying':
      return note(
        `${event.step.id}: ${event.why}. Rolled back; attempt ${event.attempt} follows in ${durationText(event.delayMs)}.`,
      )
    case 'split':
      return note(
        `This run is too large for one transaction (the server has room for ${event.lockSlots} locks): ` +
          `it is committed in ${event.pieces} pieces.`,
      )
    case 'cleaned':
      return note(`${event.step.id}: dropped the INVALID index ${event.index}, which ${event.of} had left behind.`)
    case 'adopted':
      return note(`${event.step.id}: an interrupted run had done it to its end (${event.index}); that is now recorded.`)
  }
}

/** What the spinner shows between this event and the next one; undefined for no spinner. */
export function busyWords(event: RunEvent): string | undefined {
  if (event.type === 'started') return `${event.step.id}  ${event.step.about}`
  return event.type === 'waiting' ? 'waiting for another run' : undefined
}

/** The one line at the end. */
export function summaryLine(
  { direction, done, applied, total, tables }: RunSummary,
  elapsedMs: number,
  paint: Paint,
): string {
  const has = `${applied} of ${plural(total, 'migration')} applied, ${plural(tables, 'table')}`
  if (done.length === 0) {
    const nothing = direction === 'up' ? 'Nothing is pending' : 'Nothing to revert'
    return `${paint('green', nothing)}: ${has}.`
  }
  const did = `${direction === 'up' ? 'Applied' : 'Reverted'} ${plural(done.length, 'migration')}`
  return `${paint('green', did)} in ${durationText(elapsedMs)}: ${has}.`
}

export function summaryDocument(summary: RunSummary, elapsedMs: number): Record<string, unknown> {
  const { direction, runId, done, applied, total, tables } = summary
  const steps = done.map(({ step, durationMs }) => ({ ...stepDocument(step, direction), durationMs }))
  return {
    runId: done.length === 0 ? null : runId,
    [direction === 'up' ? 'applied' : 'reverted']: steps,
    appliedTotal: applied,
    total,
    tables,
    elapsedMs: Math.round(elapsedMs),
  }
}
