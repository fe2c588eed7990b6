/** Proof: an empty database takes the whole plan. Pure: it only puts the results of the replay and the run into words. */
import type { Planned } from '../workspace/workspace.ts'
import type { ProofFinding } from './finding.ts'
import type { Proving } from './proving.ts'
import type { MigrationRecord } from './record.ts'

export function replayFindings({ replay, run }: Proving, order: readonly Planned[]): ProofFinding[] {
  const { failure } = replay
  if (failure !== undefined) {
    const { migration, statement, message } = failure
    return [
      {
        rule: 'replay/fails',
        severity: 'error',
        message: `The plan cannot be applied to an empty database: ${migration.id} statement ${statement} fails: ${message}.`,
        remedy:
          'Correct the statement. What it needs must be made by a migration that stands before it in migrations.lock.',
        file: migration.path,
        migration: migration.id,
        statement,
      },
    ]
  }
  const again = replay.records.flatMap(notAgain)
  if (run.outcome === 'applied') return again
  // The proof of ownership names the migration that did it.
  if (run.isTampered) return again
  const migration = order.find(({ id }) => id === run.migration)
  return [
    ...again,
    {
      rule: 'replay/fails-as-one-run',
      severity: 'error',
      message: `Each migration can be applied by itself, but not all of them in one transaction, as up runs them: ${run.message.replaceAll(/\s*\n\s*/g, ' ')}`,
      remedy:
        'Run the migration that needs a commit before it outside the transaction: export const transaction = false',
      ...(migration === undefined ? {} : { file: migration.path, migration: migration.id }),
    },
  ]
}

function notAgain({ migration, notAgain }: MigrationRecord): ProofFinding[] {
  if (notAgain === undefined) return []
  return [
    {
      rule: 'replay/not-idempotent',
      severity: 'error',
      message:
        `${migration.id} runs outside a transaction and cannot be run a second time: ${notAgain.replaceAll(/\s*\n\s*/g, ' ')}. ` +
        'A run that is killed when its statement is done, and before that is recorded, runs it again.',
      remedy:
        'Let the statement succeed where what it does is done: IF NOT EXISTS, IF EXISTS, ON CONFLICT DO NOTHING. ' +
        'What PostgreSQL allows in a transaction needs none of that there: leave out export const transaction = false.',
      file: migration.path,
      migration: migration.id,
      statement: 1,
    },
  ]
}
