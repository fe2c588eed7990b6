/** Where words go: results on standard output, messages beside them, and with --json nothing there but the document. */
import { PassThrough } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { Output } from '../src/report/output.ts'
import type { Lines, Screen } from '../src/verb.ts'

vi.stubEnv('NO_COLOR', '')

const stream = () => Object.assign(new PassThrough(), { isTTY: false as boolean, columns: 80, hasColors: () => true })
const read = (from: PassThrough): string => String(from.read() ?? '')

function made({ json = false } = {}) {
  const [stdout, stderr] = [stream(), stream()]
  const output = new Output({ json, stdout, stderr })
  return { output, stdout, stderr, said: () => ({ stdout: read(stdout), stderr: read(stderr) }) }
}

const report = { lines: (() => ['one', 'two']) as Lines, document: { numbers: [1, 2] } }

describe('text', () => {
  test('has messages and the report on standard output, in the order in which they were said', () => {
    const { output, said } = made()
    output.tell(() => ['begun'])
    output.report(report)
    expect(said()).toEqual({ stdout: 'begun\none\ntwo\n', stderr: '' })
  })

  test('has no document, an error neither', () => {
    const { output, said } = made()
    output.error('first\nsecond')
    output.document({ error: {} })
    expect(said()).toEqual({ stdout: '', stderr: 'error  first\n       second\n' })
  })

  test('leaves standard output to a report that is alone on it', () => {
    const { output, said } = made()
    output.keepStdoutForReport()
    output.tell(() => ['begun'])
    output.report(report)
    expect(said()).toEqual({ stdout: 'one\ntwo\n', stderr: 'begun\n' })
  })
})

describe('--json', () => {
  test('has the document on standard output and messages on standard error', () => {
    const { output, said } = made({ json: true })
    output.tell(() => ['begun'])
    output.report(report)
    expect(said()).toEqual({ stdout: '{\n  "numbers": [\n    1,\n    2\n  ]\n}\n', stderr: 'begun\n' })
  })

  test('prints nothing for a document that went into a file', () => {
    const { output, said } = made({ json: true })
    output.report({ ...report, document: undefined })
    expect(said()).toEqual({ stdout: '', stderr: '' })
  })
})

test('lines are made for the screen that they go to', () => {
  const { output, stdout, said } = made()
  const seen: Screen[] = []
  const lines: Lines = (screen) => {
    seen.push(screen)
    return [screen.paint('red', 'word')]
  }
  output.tell(lines)
  stdout.isTTY = true
  output.tell(lines)
  expect(seen.map(({ width }) => width)).toEqual([undefined, 80])
  expect(said().stdout).toBe('word\n\u001b[31mword\u001b[39m\n')
})

describe('what a terminal would obey, in a name or a message,', () => {
  const hostile = 'a\u001b[2J\u001b[31mb\u202e\nerror  c'

  test.each([false, true])('is an escape in a line, and our own colours are colours (terminal: %s)', (isTTY) => {
    const { output, stdout, said } = made()
    stdout.isTTY = isTTY
    output.tell(({ paint }) => [`${paint('red', hostile)} end`])
    const shown = 'a\\x1b[2J\\x1b[31mb\\u202e\\nerror  c'
    expect(said().stdout).toBe(isTTY ? `\u001b[31m${shown}\u001b[39m end\n` : `${shown} end\n`)
  })

  test('is an escape in an error, whose further lines are indented', () => {
    const { output, said } = made()
    output.error(hostile)
    expect(said().stderr).toBe('error  a\\x1b[2J\\x1b[31mb\\u202e\n       error  c\n')
  })

  test('is an escape of JSON in the document', () => {
    const { output, said } = made({ json: true })
    output.document({ name: hostile })
    const { stdout } = said()
    expect(stdout).toContain('\\u001b[2J\\u001b[31mb\\u202e\\n')
    expect(JSON.parse(stdout)).toEqual({ name: hostile })
  })
})

test('a reader that has left ends the words and nothing else', () => {
  const { output, stdout } = made()
  stdout.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }))
  expect(() => output.tell(() => ['on'])).not.toThrow()
})
