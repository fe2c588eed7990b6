import { createInterface } from 'node:readline/promises'
import { inspect } from '../database/inspect.ts'
import { sendAll } from '../database/pipeline.ts'
import { type DownTarget, type PlanInput, planAgreed, planDown } from '../plan/plan.ts'
import { previewLines, rowEstimates, tablesDropped, toRowEstimates } from '../report/preview.ts'
import { assertServer } from '../run/guard.ts'
import { parseCount } from '../settings.ts'
import { statement } from '../statement.ts'
import type { Verb } from '../verb.ts'
import { ConfirmationRequiredError, ConflictingOptionsError, NotConfirmedError } from './errors.ts'
import { assertRunOptions, limitsOf, type RunOptions, runAndReport, runOptions } from './run-options.ts'
import { withDatabase } from './with-database.ts'

interface DownOptions extends RunOptions {
  readonly steps?: string
  readonly to?: string
  readonly all?: boolean
  readonly yes?: boolean
}

const EXAMPLES = `
Examples:
  veza-migrator down                       the newest migration
  veza-migrator down --steps 3             the newest three
  veza-migrator down --to core/006         everything after it; core/006 stays
  veza-migrator down --all --yes           everything, without asking`

function targetFrom({ steps, to, all }: DownOptions): DownTarget {
  const given = [steps !== undefined && '--steps', to !== undefined && '--to', all && '--all'].filter(
    (option) => typeof option === 'string',
  )
  if (given.length > 1) throw new ConflictingOptionsError({ options: given })
  if (all) return { kind: 'all' }
  if (to !== undefined) return { kind: 'to', id: to }
  return { kind: 'steps', steps: parseCount('--steps', steps ?? '1') }
}

async function confirm(question: string, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY) throw new ConfirmationRequiredError()
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(question, { signal }).catch(() => '')
    if (answer.trim().toLowerCase() !== 'yes') throw new NotConfirmedError()
  } finally {
    terminal.close()
  }
}

/** Reverts, newest first, after showing what would be dropped. */
export const down: Verb = (command) => {
  runOptions(command)
    .option('--steps <n>', 'how many migrations to revert (default: 1)')
    .option('--to <id>', 'revert everything after this migration, which itself stays')
    .option('--all', 'revert everything')
    .option('--yes', 'do not ask')
    .addHelpText('after', EXAMPLES)

  return {
    run: (options: DownOptions, output, context) => {
      const target = targetFrom(options)
      assertRunOptions(options)
      return withDatabase({ options, output, context, verb: 'down' }, async (database, workspace) => {
        const state = await inspect(database.client, limitsOf(options), 'readOnly')
        assertServer(state, database.name)
        const shown = planDown({ ...workspace, history: state.history, database: database.name }, target)
        if (shown.steps.length > 0 && !options.yes) {
          const [answer] = await sendAll(database.client, [
            rowEstimates(tablesDropped(shown.steps)),
            statement('rollback'),
          ])
          for (const line of previewLines(shown.steps, toRowEstimates(answer?.rows ?? []), output)) output.line(line)
          await confirm(`Type yes to revert this on ${database.name}: `, context.signal)
        } else await sendAll(database.client, [statement('rollback')])

        const decide = (known: PlanInput) => planAgreed(known, shown.steps, state.history)
        await runAndReport({
          database,
          workspace,
          options,
          output,
          context,
          direction: 'down',
          allowNonempty: false,
          decide,
        })
        return undefined
      })
    },
  }
}
