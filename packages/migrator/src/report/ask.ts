/** A question to the person at the terminal. It is asked on standard error, so that standard output holds only the result. */
import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import type { ReadStream, WriteStream } from 'node:tty'

interface Terminal {
  readonly stdin: ReadStream
  readonly stderr: WriteStream
  /** Ends the question without an answer. */
  readonly signal: AbortSignal
}

/** The answer; undefined if there is no terminal to ask on, '' if the signal ended the question. */
export async function ask(question: string, { stdin, stderr, signal }: Terminal): Promise<string | undefined> {
  if (!stdin.isTTY) return undefined
  const terminal = createInterface({ input: stdin, output: stderr })
  try {
    // Without this, a terminal that is closed (Ctrl-D) would leave the question open for ever.
    const closed = once(terminal, 'close').then(() => '')
    return await Promise.race([terminal.question(question, { signal }).catch(() => ''), closed])
  } finally {
    terminal.close()
  }
}
