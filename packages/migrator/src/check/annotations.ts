/** Findings → the workflow commands that GitHub turns into annotations of a pull request, and SARIF. Pure. */
import { sarifLog } from '../report/sarif.ts'
import { toolVersion } from '../version.ts'
import type { Checked } from './check.ts'
import type { Proof, ProofFinding } from './finding.ts'

/**
 * A proof that was not made becomes a notice, unless one of its findings reports that already.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export const annotations = ({ proofs }: Checked): string[] => [
  ...proofs.flatMap(({ findings }) =>
    findings.map(({ severity, rule, file, message, remedy }) => {
      const properties = [...(file === undefined ? [] : [`file=${escaped(file)}`, 'line=1']), `title=${escaped(rule)}`]
      return `::${severity} ${properties.join(',')}::${escapedData(`${message}\n${remedy}`)}`
    }),
  ),
  ...proofs
    .filter(({ checked, findings }) => !checked && findings.length === 0)
    .map((proof) => `::notice title=${escaped(`${proof.name}/not-checked`)}::${escapedData(notMade(proof))}`),
]

const notMade = ({ name, proven }: Proof): string => `Not checked: ${name}, since ${proven}.`

const escapedData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escaped = (text: string): string => escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

export function sarif({ proofs }: Checked): Record<string, unknown> {
  const findings = proofs.flatMap((proof) => proof.findings)
  const rules = new Map(
    findings.map(({ rule, severity, remedy }) => [
      rule,
      { id: rule, severity, summary: summaryOf(rule), consequence: remedy },
    ]),
  )
  return sarifLog({
    command: 'check',
    toolVersion,
    rules: [...rules.values()],
    findings: findings.map((finding) => ({
      rule: finding.rule,
      severity: finding.severity,
      message: `${finding.message} ${finding.remedy}`,
      ...(finding.file === undefined ? {} : { file: { path: finding.file, line: 1 } }),
      ...(finding.object === undefined ? {} : { object: logical(finding.object) }),
      fingerprint: fingerprint(finding),
    })),
    notMade: proofs
      .filter(({ checked }) => !checked)
      .map((proof) => ({ id: `${proof.name}/not-checked`, message: notMade(proof) })),
  })
}

/** `ownership/foreign-rows` → `ownership: foreign rows`. */
const summaryOf = (rule: string): string => rule.replace('/', ': ').replaceAll('-', ' ')

function logical(object: string): { name: string; kind: string } {
  const at = object.lastIndexOf(' ')
  return { kind: object.slice(0, at), name: `public.${object.slice(at + 1)}` }
}

/** Made of the rule, the migration and the object, since numbers of lines and statements change. */
const fingerprint = ({ rule, migration = '', object = '', file = '' }: ProofFinding): string =>
  [rule, migration || file, object].join('|')
