/**
 * Where words go. Text: results on standard output, errors on standard error. JSON: one document on standard output, all else on
 * standard error. Colours and the spinner only on a terminal; NO_COLOR is honoured (https://no-color.org).
 */
import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import type { Spinner } from 'yocto-spinner'

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'
/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, words: string) => string

export const plainPaint: Paint = (_colour, words) => words

interface Streams {
  readonly json: boolean
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
}

/** A step that takes longer than this gets a spinner. */
const SPINNER_AFTER_MS = 400

function paintFor(stream: NodeJS.WritableStream): Paint {
  const terminal = stream as Partial<WriteStream>
  if (!terminal.isTTY || process.env.NO_COLOR || !terminal.hasColors?.()) return plainPaint
  return (colour, words) => styleText(colour, words, { validateStream: false })
}

const guarded = new WeakSet<NodeJS.WritableStream>()

/** Once for each stream: the process's own outlive the verb that writes to them. */
function surviveClosedPipe(stream: NodeJS.WritableStream): void {
  if (guarded.has(stream)) return
  guarded.add(stream)
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

export class Output {
  readonly json: boolean
  readonly paint: Paint
  readonly #stdout: NodeJS.WritableStream
  readonly #stderr: NodeJS.WritableStream
  /** Where lines for a person go. */
  readonly #lines: NodeJS.WritableStream
  #timer: NodeJS.Timeout | undefined
  #spinner: Spinner | undefined

  constructor({ json, stdout, stderr }: Streams) {
    this.json = json
    this.#stdout = stdout
    this.#stderr = stderr
    this.#lines = json ? stderr : stdout
    this.paint = paintFor(this.#lines)
    // Whoever read has left (head, a pager): that ends the words, not a run in the middle of its work.
    for (const stream of [stdout, stderr]) surviveClosedPipe(stream)
  }

  /** A message: what is going on. In JSON mode on standard error. */
  line(words: string): void {
    this.quiet()
    this.#lines.write(`${words}\n`)
  }

  /** A line of the result itself. In JSON mode the document holds it, so it is not said twice. */
  result(words: string): void {
    if (!this.json) this.line(words)
  }

  /** The one JSON document. In text mode there is none. */
  document(value: unknown): void {
    this.quiet()
    if (this.json) this.#stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
  }

  error(words: string): void {
    this.quiet()
    this.#stderr.write(`${paintFor(this.#stderr)('red', 'error')}  ${words.replaceAll('\n', '\n       ')}\n`)
  }

  /** Columns of the terminal; undefined where there is none. */
  get width(): number | undefined {
    const terminal = this.#lines as Partial<WriteStream>
    return terminal.isTTY ? terminal.columns : undefined
  }

  /** Says what is under way, on a terminal and only if it takes a while; the next line ends it. */
  busy(words: string): void {
    this.quiet()
    const stream = this.#stderr as Partial<WriteStream>
    if (!stream.isTTY) return
    this.#timer = setTimeout(async () => {
      const { default: yoctoSpinner } = await import('yocto-spinner')
      if (this.#timer !== undefined)
        this.#spinner = yoctoSpinner({ text: words, stream: stream as WriteStream }).start()
    }, SPINNER_AFTER_MS)
    this.#timer.unref()
  }

  quiet(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#spinner?.stop()
    this.#spinner = undefined
  }
}
