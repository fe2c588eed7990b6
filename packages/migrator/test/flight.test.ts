/** How much of a run is under way at once: enough that the server never waits, and no more, however long the plan is. */
import type { QueryResult } from 'pg'
import { expect, test } from 'vitest'
import { Flight, type Sent } from '../src/run/flight.ts'
import type { Planned } from '../src/workspace/workspace.ts'

const plannedSteps = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `core/${index}` }) as Planned)

/** Notes what is sent, for steps of one statement with this many characters. */
function recorded(count: number, length: number) {
  const sent: string[] = []
  const answer = Promise.resolve({} as QueryResult)
  const flight = new Flight({
    steps: plannedSteps(count),
    send: (step): Sent[] => {
      sent.push(step.id)
      return [{ answer, place: { step, statement: { number: 1, of: 1, sql: 'x'.repeat(length) } } }]
    },
    onAllSent: () => sent.push('all'),
  })
  return { sent, flight }
}

test('a run of ordinary size is sent whole before anything is answered, its end included', () => {
  const { sent } = recorded(17, 5000)
  expect(sent).toHaveLength(18)
  expect(sent.at(-1)).toBe('all')
})

test('a large one is sent as it is answered, in its order, and its end once', () => {
  const { sent, flight } = recorded(1000, 10_000)
  const atFirst = sent.length
  expect(atFirst).toBeLessThan(100)
  const handled: string[] = []
  let most = 0
  for (const { step } of flight) {
    handled.push(step.id)
    most = Math.max(most, sent.length - handled.length)
  }
  expect(handled).toEqual(plannedSteps(1000).map(({ id }) => id))
  expect(sent).toEqual([...handled, 'all'])
  expect(most).toBeLessThanOrEqual(atFirst)
})

test('a statement larger than the window goes out on its own', () => {
  const { sent, flight } = recorded(3, 2_000_000)
  expect(sent).toEqual(['core/0'])
  expect([...flight].map(({ step }) => step.id)).toEqual(['core/0', 'core/1', 'core/2'])
  expect(sent.at(-1)).toBe('all')
})

test('without steps there is nothing to send, and no end of it', () => {
  const { sent, flight } = recorded(0, 1)
  expect([...flight]).toEqual([])
  expect(sent).toEqual([])
})
