/**
 * Findings → SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), the format that code hosts and editors read. Pure. It knows
 * neither `check` nor `audit`: the caller passes rules and findings in the shapes below.
 */

interface SarifRule {
  readonly id: string
  readonly severity: 'error' | 'warning'
  /** What the rule asks for, in one sentence. */
  readonly summary: string
  /** What goes wrong if the rule is broken. */
  readonly consequence: string
}

export interface SarifFinding {
  /** The id of one of the rules. */
  readonly rule: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** Path relative to the repository, with `/`; a line counts from 1. */
  readonly file?: { readonly path: string; readonly line?: number }
  /** The database object that the finding is about: `public.users.email`. */
  readonly object?: { readonly name: string; readonly kind: string }
  /** Identifies the finding: the same finding has the same fingerprint in every run. */
  readonly fingerprint?: string
  /** Why the finding does not count: it is in the baseline, or a migration allows it. */
  readonly accepted?: string
}

export interface SarifInput {
  readonly command: string
  readonly toolVersion: string
  readonly rules: readonly SarifRule[]
  readonly findings: readonly SarifFinding[]
  /** Checks that could not be made: the absence of their findings proves nothing. */
  readonly notMade?: readonly { readonly id: string; readonly message: string }[]
}

export function sarifLog({ command, toolVersion, rules, findings, notMade = [] }: SarifInput): Record<string, unknown> {
  const places = new Map(rules.map(({ id }, index) => [id, index]))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: `veza-migrator ${command}`, version: toolVersion, rules: rules.map(descriptor) } },
        automationDetails: { id: `veza-migrator/${command}/` },
        columnKind: 'utf16CodeUnits',
        ...(notMade.length > 0 && {
          invocations: [{ executionSuccessful: true, toolExecutionNotifications: notMade.map(notification) }],
        }),
        results: findings.map((finding) => result(finding, places.get(finding.rule))),
      },
    ],
  }
}

const notification = ({ id, message }: { readonly id: string; readonly message: string }) => ({
  descriptor: { id },
  level: 'warning',
  message: { text: message },
})

const descriptor = ({ id, severity, summary, consequence }: SarifRule) => ({
  id,
  shortDescription: { text: summary },
  fullDescription: { text: `${summary} ${consequence}` },
  help: { text: consequence },
  defaultConfiguration: { level: severity },
})

function result({ rule, severity, message, file, object, fingerprint, accepted }: SarifFinding, ruleIndex?: number) {
  const location = {
    ...(file && {
      physicalLocation: {
        artifactLocation: { uri: file.path.split('/').map(encodeURIComponent).join('/') },
        ...(file.line !== undefined && { region: { startLine: file.line } }),
      },
    }),
    ...(object && { logicalLocations: [{ fullyQualifiedName: object.name, kind: object.kind }] }),
  }
  return {
    ruleId: rule,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: severity,
    message: { text: message },
    ...((file || object) && { locations: [location] }),
    ...(fingerprint !== undefined && { partialFingerprints: { 'vezaFinding/v1': fingerprint } }),
    ...(accepted !== undefined && { suppressions: [{ kind: 'external', justification: accepted }] }),
  }
}
