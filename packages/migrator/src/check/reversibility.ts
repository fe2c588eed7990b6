/** Proof: what stood before `up` stands again after `up` and `down`. Pure: it only puts the comparison made by the replay into words. */
import type { ProofFinding } from './finding.ts'
import type { MigrationRecord, Unrestored } from './record.ts'

const SHOWN = 5

export function reversibilityFindings(records: readonly MigrationRecord[]): ProofFinding[] {
  return records.flatMap(({ migration, reverting }): ProofFinding[] => {
    const place = { severity: 'error', file: migration.path, migration: migration.id } as const
    if (reverting.outcome === 'failed') {
      return [
        {
          ...place,
          rule: 'reversibility/down-fails',
          message: `${migration.id} can be applied but not reverted: down statement ${reverting.statement} fails: ${reverting.message}.`,
          remedy: "Correct its down; if there is no way back, declare it: export const irreversible = 'the reason'",
          statement: reverting.statement,
        },
      ]
    }
    if (reverting.outcome !== 'differs') return []
    return reverting.differences.map((difference) => ({
      ...place,
      rule: 'reversibility/not-restored',
      message: `The down of ${migration.id} does not restore ${difference.object}: ${words(difference)}.`,
      remedy:
        "Let its down undo all that its up does, in reverse; if there is no way back, declare it: export const irreversible = 'the reason'",
      object: difference.object,
    }))
  })
}

/** Ids of the migrations that declare themselves irreversible. */
export const irreversible = (records: readonly MigrationRecord[]): string[] =>
  records.flatMap(({ migration, reverting }) => (reverting.outcome === 'irreversible' ? [migration.id] : []))

function words({ lost, left }: Unrestored): string {
  const parts = [
    ...(lost.length > 0 ? [`before up it had ${listed(lost)}`] : []),
    ...(left.length > 0 ? [`after down it has ${listed(left)}`] : []),
  ]
  return parts.join('; ')
}

function listed(lines: readonly string[]): string {
  const shown = lines.slice(0, SHOWN).map((line) => `"${line.replaceAll(/\bpublic\./g, '')}"`)
  return shown.join(', ') + (lines.length > SHOWN ? ` and ${lines.length - SHOWN} more` : '')
}
