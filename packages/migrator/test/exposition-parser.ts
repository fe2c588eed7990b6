/**
 * Reads Prometheus' text format 0.0.4 as strictly as its page describes it, and more strictly where a good page is one way among several:
 * one HELP and one TYPE line for each metric, both before its samples, all samples of a metric together.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */

interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface ParsedMetric {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly samples: readonly ParsedSample[]
}

const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*/

/** Throws an Error that names the line. */
export function parseExposition(text: string): ParsedMetric[] {
  if (!text.endsWith('\n')) throw new Error('the last line must end with a line feed')
  if (text.includes('\r')) throw new Error('lines are separated by a line feed alone')
  const metrics: { name: string; help: string; type: string; samples: ParsedSample[] }[] = []
  const seen = new Set<string>()
  const lines = text.slice(0, -1).split('\n')
  for (const [index, line] of lines.entries()) {
    const fail = (why: string): never => {
      throw new Error(`line ${index + 1}: ${why}: ${line}`)
    }
    const help = /^# HELP (\S+) (.*)$/.exec(line)
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line)
    const current = metrics.at(-1)
    if (help) {
      const [, name, words] = help as unknown as [string, string, string]
      if (METRIC.exec(name)?.[0] !== name) fail('no metric name')
      if (seen.has(name)) fail('a second HELP')
      seen.add(name)
      metrics.push({ name, help: unescaped(words, /\\(.)/g, fail), type: '', samples: [] })
    } else if (type) {
      if (current?.name !== type[1] || current?.type !== '' || current.samples.length > 0) fail('TYPE out of place')
      else current!.type = type[2] as string
    } else if (line.startsWith('#')) fail('neither HELP nor TYPE')
    else {
      const sample = parseSample(line, fail)
      if (current?.name !== sample.name || current.type === '') fail('a sample without HELP and TYPE before it')
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
      if (seen.has(key)) fail('the same labels twice')
      seen.add(key)
      current!.samples.push(sample)
    }
  }
  for (const { name, samples } of metrics) if (samples.length === 0) throw new Error(`${name} has no sample`)
  return metrics
}

function parseSample(line: string, fail: (why: string) => never): ParsedSample {
  const name = METRIC.exec(line)?.[0] ?? fail('no metric name')
  const labels: Record<string, string> = {}
  let rest = line.slice(name.length)
  if (rest.startsWith('{')) {
    rest = rest.slice(1)
    while (!rest.startsWith('}')) {
      const label = LABEL.exec(rest)?.[0] ?? fail('no label name')
      const quoted = /^="((?:[^"\\]|\\.)*)"/.exec(rest.slice(label.length)) ?? fail('no label value')
      if (label in labels || label.startsWith('__')) fail(`label ${label} twice or reserved`)
      labels[label] = unescaped(quoted[1] as string, /\\(.)/g, fail)
      rest = rest.slice(label.length + quoted[0].length)
      if (rest.startsWith(',')) rest = rest.slice(1)
      else if (!rest.startsWith('}')) fail('neither , nor }')
    }
    rest = rest.slice(1)
  }
  const [, number] = /^ (\S+)$/.exec(rest) ?? fail('no value')
  if (!/^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|NaN|[+-]?Inf)$/.test(number as string)) fail('no number')
  return { name, labels, value: Number(number) }
}

function unescaped(text: string, escapes: RegExp, fail: (why: string) => never): string {
  return text.replaceAll(escapes, (_, character) => {
    if (character === 'n') return '\n'
    return character === '\\' || character === '"' ? character : fail(`\\${character} is no escape`)
  })
}
