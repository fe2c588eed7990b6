/** The one question before anything is dropped: who is asked, which answers mean it, and what is thrown for the others. */
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { confirm, type Question } from '../src/commands/confirm.ts'
import { ConfirmationRequiredError, NotConfirmedError } from '../src/commands/errors.ts'
import { ask } from '../src/report/ask.ts'
import type { Context } from '../src/verb.ts'

const question: Question = {
  question: 'Type yes: ',
  isMeant: (answer) => answer === 'yes',
  refusal: (answer) => (answer === undefined ? new ConfirmationRequiredError() : new NotConfirmedError()),
}
const answering = (answer: string | undefined) => ({ ask: async () => answer }) as unknown as Context

describe('a confirmation', () => {
  test.each(['yes', '  yes '])('takes "%s"', async (answer) => {
    await expect(confirm(answering(answer), question)).resolves.toBeUndefined()
  })

  test.each(['', 'no', 'y', 'yes please'])('refuses "%s"', async (answer) => {
    await expect(confirm(answering(answer), question)).rejects.toThrow(NotConfirmedError)
  })

  test('is refused where nobody can be asked', async () => {
    await expect(confirm(answering(undefined), question)).rejects.toThrow(ConfirmationRequiredError)
  })
})

describe('a question', () => {
  /** Streams that a person could sit at. */
  function terminal({ isTTY = true, signal = new AbortController().signal } = {}) {
    const stdin = Object.assign(new PassThrough(), { isTTY })
    const stderr = new PassThrough()
    return { stdin, stderr, streams: { stdin, stderr, signal } as unknown as Parameters<typeof ask>[1] }
  }

  test('stands on standard error, and the line that is typed answers it', async () => {
    const { stdin, stderr, streams } = terminal()
    const answer = ask('Type yes: ', streams)
    stdin.write('yes\n')
    expect(await answer).toBe('yes')
    expect(String(stderr.read())).toContain('Type yes: ')
  })

  test('is not asked without a terminal', async () => {
    const { stderr, streams } = terminal({ isTTY: false })
    expect(await ask('Type yes: ', streams)).toBeUndefined()
    expect(stderr.read()).toBeNull()
  })

  test('that the end of the input breaks off has an empty answer', async () => {
    const { stdin, streams } = terminal()
    const answer = ask('Type yes: ', streams)
    stdin.end()
    expect(await answer).toBe('')
  })

  test('that Ctrl-C breaks off has an empty answer', async () => {
    const stop = new AbortController()
    const { streams } = terminal({ signal: stop.signal })
    const answer = ask('Type yes: ', streams)
    stop.abort()
    expect(await answer).toBe('')
  })
})
