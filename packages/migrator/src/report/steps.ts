/** Migrations → the lines and documents that list them, in columns that fit all of them. Pure. */
import type { Paint, Screen } from '../verb.ts'
import type { Direction } from '../workspace/load.ts'
import type { Planned } from '../workspace/workspace.ts'

/** The columns of a table of migrations, wide enough for every migration that is listed. */
export interface Layout {
  readonly numberWidth: number
  readonly idWidth: number
  readonly aboutWidth: number
  readonly paint: Paint
}

/** The columns before the width of the screen is known. They are measured once, however many lines follow. */
export type Columns = Omit<Layout, 'paint'>

const MOST_ABOUT = 72

export function columnsFor(steps: readonly Planned[]): Columns {
  const longest = (texts: readonly string[]) => texts.reduce((most, { length }) => Math.max(most, length), 0)
  return {
    numberWidth: Math.max(3, longest(steps.map(({ position }) => String(position)))),
    idWidth: longest(steps.map(({ id }) => id)),
    aboutWidth: Math.min(MOST_ABOUT, longest(steps.map(({ about }) => about))),
  }
}

export function fittedTo({ paint, width }: Screen, { numberWidth, idWidth, aboutWidth }: Columns): Layout {
  const room = width === undefined ? aboutWidth : width - numberWidth - idWidth - 18
  return { numberWidth, idWidth, aboutWidth: Math.max(10, Math.min(aboutWidth, room)), paint }
}

export const layoutFor = (steps: readonly Planned[], screen: Screen): Layout => fittedTo(screen, columnsFor(steps))

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
