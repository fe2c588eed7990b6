/** Proofs → what `check` says of them, as text or in a format that a tool reads. Pure. */

import { plural } from '../errors.ts'
import { printableJson } from '../printable.ts'
import { durationText } from '../report/durations.ts'
import type { Lines, Paint, Report } from '../verb.ts'
import { annotations, sarif } from './annotations.ts'
import type { Checked } from './check.ts'
import { isFailed, type Proof, type ProofFinding, unchecked } from './finding.ts'

export const formats = ['text', 'json', 'github', 'sarif'] as const
export type CheckFormat = (typeof formats)[number]

export const checkReport = (checked: Checked, format: CheckFormat): Report => ({
  lines: FORMATTED[format](checked),
  document: checkDocument(checked),
  exitCode: isFailed(checked.proofs) ? 1 : 0,
})

const indented = (value: unknown): string[] => printableJson(value).split('\n')

const FORMATTED: Readonly<Record<CheckFormat, (checked: Checked) => Lines>> = {
  text:
    (checked) =>
    ({ paint }) =>
      checkLines(checked, paint),
  json: (checked) => () => indented(checkDocument(checked)),
  github: (checked) => () => annotations(checked),
  sarif: (checked) => () => indented(sarif(checked)),
}

export function checkLines({ proofs, versions, migrations, domains }: Checked, paint: Paint): string[] {
  const width = Math.max(...proofs.map(({ name }) => name.length))
  const provenWidth = Math.max(
    ...proofs.map(({ proven, checked }) => proven.length + (checked ? 0 : 'not checked: '.length)),
  )
  const rows = proofs.map(({ name, proven, checked, findings, durationMs }) => {
    const errors = findings.filter(({ severity }) => severity === 'error').length
    const mark = errors > 0 ? paint('red', 'x') : checked ? paint('green', '+') : paint('yellow', '-')
    const words = checked ? proven : `not checked: ${proven}`
    const time = checked ? paint('dim', durationText(durationMs).padStart(8)) : ''
    return `  ${mark} ${name.padEnd(width)}  ${words.padEnd(Math.min(provenWidth, 72))}  ${time}`.trimEnd()
  })
  const findings = proofs.flatMap((proof) => proof.findings)
  const counts = (['error', 'warning'] as const).map((severity) =>
    plural(findings.filter((finding) => finding.severity === severity).length, severity),
  )
  return [
    `${plural(migrations, 'migration')} of ${plural(domains, 'domain')}, PostgreSQL ${versions.join(', ')}`,
    ...rows,
    ...findings.flatMap((finding) => ['', ...findingLines(finding, paint)]),
    '',
    verdict(proofs, counts.join(', '), paint),
  ]
}

function verdict(proofs: readonly Proof[], counts: string, paint: Paint): string {
  if (isFailed(proofs)) return paint('red', `Not proven: ${counts}.`)
  const left = unchecked(proofs)
  if (left.length === 0) return paint('green', `Proven: ${counts}.`)
  return paint('yellow', `Proven but for what was not checked (${left.join(', ')}): ${counts}.`)
}

function findingLines({ rule, severity, file, message, remedy }: ProofFinding, paint: Paint): string[] {
  return [
    `${paint(severity === 'error' ? 'red' : 'yellow', severity)}  ${paint('bold', rule)}${file === undefined ? '' : `  ${file}`}`,
    ...message.split('\n').map((line) => `  ${line}`),
    ...remedy.split('\n').map((line) => paint('dim', `  ${line}`)),
  ]
}

export function checkDocument(checked: Checked): Record<string, unknown> {
  const { proofs, versions, migrations, domains } = checked
  return {
    command: 'check',
    proven: !isFailed(proofs),
    unchecked: unchecked(proofs),
    migrations,
    domains,
    postgres: versions,
    proofs: proofs.map(({ findings, durationMs, ...proof }) => ({
      ...proof,
      durationMs: Math.round(durationMs),
      errors: findings.filter(({ severity }) => severity === 'error').length,
      warnings: findings.filter(({ severity }) => severity === 'warning').length,
    })),
    findings: proofs.flatMap(({ findings }) => findings),
  }
}
