/**
 * Metrics → Prometheus' text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/. Pure.
 * A metric without samples is left out, with its HELP and TYPE lines.
 */

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

/** All of ours are gauges: what a database is like, not what has been counted since a start. */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly samples: readonly Sample[]
}

/** Lines without their ends. `common` labels stand on every sample. */
export function exposition(metrics: readonly Metric[], common: Readonly<Record<string, string>>): string[] {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, samples }) => [
      `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
      `# TYPE ${name} gauge`,
      ...samples.map(({ labels, value }) => `${name}${labelText({ ...common, ...labels })} ${value}`),
    ])
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
