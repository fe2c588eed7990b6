/**
 * Decides which stream a text goes to. Text mode: results on standard output, errors on standard error. JSON mode: one document on standard
 * output, all else on standard error. Colours and the spinner appear only on a terminal; NO_COLOR is honoured (https://no-color.org).
 */
import type { WriteStream } from 'node:tty'
import { inspect } from 'node:util'
import type { Spinner } from 'yocto-spinner'
import { printableJson, printableLine, printableLines } from '../printable.ts'
import type { Lines, Paint, Report, Screen } from '../verb.ts'

export const plainPaint: Paint = (_colour, words) => words

interface Streams {
  readonly json: boolean
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
}

/** A step that takes longer than this gets a spinner. */
const SPINNER_AFTER_MS = 400

/** Read anew each time, since a terminal can change its width. */
const screenOf = ({ stream }: Sink): Screen => {
  const terminal = stream as Partial<WriteStream>
  return { paint: paintFor(stream), width: terminal.isTTY ? terminal.columns : undefined }
}

/** Between this mark and an `m` stands a colour of ours. Nobody else can know the mark, and so no name can hold a colour. */
const MARK = `\u0000${Math.random().toString(36).slice(2)}:`
const COLOURS = new RegExp(`${MARK}(\\d+)m`)

function paintFor(stream: NodeJS.WritableStream): Paint {
  const terminal = stream as Partial<WriteStream>
  if (!terminal.isTTY || process.env.NO_COLOR || !terminal.hasColors?.()) return plainPaint
  return (colour, words) => {
    const [begin, end] = inspect.colors[colour] as [number, number]
    return `${MARK}${begin}m${words}${MARK}${end}m`
  }
}

/** A text with our colours, and with nothing else that a terminal would obey. */
const coloured = (words: string, printable: (words: string) => string): string =>
  words
    .split(COLOURS)
    .map((part, index) => (index % 2 === 0 ? printable(part) : `\u001b[${part}m`))
    .join('')

/** A stream with its own `write`, which stays when somebody else's words are diverted from the stream. */
interface Sink {
  readonly stream: NodeJS.WritableStream
  write(words: string): void
}

const sinkOf = (stream: NodeJS.WritableStream): Sink => ({ stream, write: stream.write.bind(stream) as Sink['write'] })

const guarded = new WeakSet<NodeJS.WritableStream>()

/** Adds the listener once per stream: the process's own streams outlive the verb that writes to them. */
function surviveClosedPipe(stream: NodeJS.WritableStream): void {
  if (guarded.has(stream)) return
  guarded.add(stream)
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })
}

export class Output {
  readonly #json: boolean
  readonly #stdout: Sink
  readonly #stderr: Sink
  /** Where messages about what happens go. */
  #messages: Sink
  #timer: NodeJS.Timeout | undefined
  #spinner: Spinner | undefined

  constructor({ json, stdout, stderr }: Streams) {
    this.#json = json
    this.#stdout = sinkOf(stdout)
    this.#stderr = sinkOf(stderr)
    this.#messages = json ? this.#stderr : this.#stdout
    // When the reader of a pipe has closed it (head, a pager), or the terminal is gone, the output ends, but the run must go on.
    for (const stream of [stdout, stderr]) surviveClosedPipe(stream)
  }

  /** From now on messages go to standard error, even without `--json`. */
  keepStdoutForReport(): void {
    this.#messages = this.#stderr
  }

  /** A message: what is going on. */
  tell(lines: Lines): void {
    this.#write(lines, this.#messages)
  }

  /** The result itself: as lines, or as the one JSON document. */
  report({ lines, document }: Pick<Report, 'lines' | 'document'>): void {
    if (this.#json) this.document(document)
    else this.#write(lines, this.#stdout)
  }

  /** Writes the JSON document. Writes nothing in text mode or if the value is undefined. */
  document(value: unknown): void {
    this.quiet()
    if (this.#json && value !== undefined) this.#stdout.write(`${printableJson(value)}\n`)
  }

  error(words: string): void {
    this.quiet()
    const { paint } = screenOf(this.#stderr)
    const text = `${paint('red', 'error')}  ${words.replaceAll('\n', '\n       ')}\n`
    this.#stderr.write(coloured(text, printableLines))
  }

  /** A text of our own, as it is. */
  print(words: string): void {
    this.#stdout.write(words)
  }

  #write(lines: Lines, sink: Sink): void {
    const words = lines(screenOf(sink))
    // Without lines to write, a running spinner keeps running.
    if (words.length > 0) this.quiet()
    for (const line of words) sink.write(`${coloured(line, printableLine)}\n`)
  }

  /** Shows on a terminal what is under way, if it takes longer than SPINNER_AFTER_MS, until the next output. */
  busy(words: string): void {
    this.quiet()
    const stream = this.#stderr.stream as Partial<WriteStream>
    if (!stream.isTTY) return
    this.#timer = setTimeout(async () => {
      const { default: yoctoSpinner } = await import('yocto-spinner')
      if (this.#timer !== undefined)
        this.#spinner = yoctoSpinner({ text: printableLine(words), stream: stream as WriteStream }).start()
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
