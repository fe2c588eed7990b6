/** A question to the person at the terminal. Asked on standard error, so that standard output stays the result's. */
import { createInterface } from 'node:readline/promises'
import type { ReadStream, WriteStream } from 'node:tty'

interface Terminal {
  readonly stdin: ReadStream
  readonly stderr: WriteStream
  /** Breaks the question off. */
  readonly signal: AbortSignal
}

/** Undefined where there is no terminal to ask on; '' where the question was broken off. */
export async function ask(question: string, { stdin, stderr, signal }: Terminal): Promise<string | undefined> {
  if (!stdin.isTTY) return undefined
  const terminal = createInterface({ input: stdin, output: stderr })
  try {
    return await terminal.question(question, { signal }).catch(() => '')
  } finally {
    terminal.close()
  }
}
