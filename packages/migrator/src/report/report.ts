/** Plans, events and summaries → text. Pure: the same value gives the same lines, painted or plain. */

import { holderText, sessionText } from '../database/lock.ts'
import type { RunEvent, RunSummary } from '../run/events.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'
import { durationText } from './durations.ts'
import type { Paint } from './output.ts'

/** Columns of a table of migrations, wide enough for all that are listed. */
export interface Layout {
  readonly numberWidth: number
  readonly idWidth: number
  readonly aboutWidth: number
  readonly paint: Paint
}

const MOST_ABOUT = 72

/** `width` is the terminal's, undefined where the output is none and lines may be as long as they are. */
export function layoutFor(
  steps: readonly Planned[],
  { paint, width }: { paint: Paint; width: number | undefined },
): Layout {
  const longest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length))
  const numberWidth = Math.max(3, longest(steps.map(({ position }) => String(position))))
  const idWidth = longest(steps.map(({ id }) => id))
  const about = Math.min(MOST_ABOUT, longest(steps.map((step) => step.about)))
  const room = width === undefined ? about : width - numberWidth - idWidth - 18
  return { numberWidth, idWidth, aboutWidth: Math.max(10, Math.min(about, room)), paint }
}

function fitted(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 3)}...` : text.padEnd(width)
}

/** `   9  auth/001_sessions   where a user is signed in   12 ms` */
export function stepLine(step: Planned, { numberWidth, idWidth, aboutWidth, paint }: Layout, end = ''): string {
  const number = paint('dim', String(step.position).padStart(numberWidth))
  const about = end === '' ? fitted(step.about, aboutWidth).trimEnd() : fitted(step.about, aboutWidth)
  return `${number}  ${step.id.padEnd(idWidth)}  ${about}${end === '' ? '' : `  ${end}`}`
}

const marks = ({ render, transaction, irreversible }: Planned, direction: Direction): string[] => [
  ...(render[direction].dynamic ? ['reads data'] : []),
  ...(transaction ? [] : ['outside a transaction']),
  ...(irreversible === undefined ? [] : ['irreversible']),
]

/** What is special about a step, for lists: `[outside a transaction]`. */
export const markText = (step: Planned, direction: Direction, paint: Paint): string => {
  const found = marks(step, direction)
  return found.length === 0 ? '' : paint('yellow', `[${found.join(', ')}]`)
}

/** The line or lines of one event; none for those that only a spinner shows. */
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
      return note(`${event.step.id}: dropped the index ${event.index}, which an interrupted run had left behind.`)
  }
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

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

export function stepDocument(step: Planned, direction: Direction): Record<string, unknown> {
  const { position, id, domain, about, checksum, transaction, irreversible, render } = step
  return {
    number: position,
    id,
    domain,
    about,
    checksum,
    transaction,
    ...(irreversible === undefined ? {} : { irreversible }),
    dynamic: render[direction].dynamic,
    statements: render[direction].statements.length,
  }
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
