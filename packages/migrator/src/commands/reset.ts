import { createInterface } from 'node:readline/promises'
import { sendAll } from '../database/pipeline.ts'
import { ResetInProductionError, ResetNotConfirmedError } from '../reset/errors.ts'
import { dropAll, openReset } from '../reset/reset.ts'
import { statement } from '../statement.ts'
import type { CommonOptions, Verb } from '../verb.ts'
import type { Planned } from '../workspace/workspace.ts'
import { targetDocument, withDatabase } from './with-database.ts'

interface ResetOptions extends CommonOptions {
  readonly allObjects?: boolean
  readonly yesDrop?: string
}

const EXAMPLES = `
Examples:
  veza-migrator reset                              asks for the database's name
  veza-migrator reset --yes-drop veza_lab          drops what the domains own in public
  veza-migrator reset --all-objects --yes-drop veza_lab`

/** Empties a lab database: public only, never another schema. */
export const reset: Verb = (command) => {
  command
    .option('--all-objects', 'everything in public, not only what a domain owns')
    .option('--yes-drop <name>', "the database's name, instead of typing it")
    .addHelpText('after', EXAMPLES)

  return {
    run: async (options: ResetOptions, output, context) => {
      if (context.env.NODE_ENV === 'production') throw new ResetInProductionError()
      return withDatabase(
        { options, output, context, verb: 'reset', edited: 'accept' },
        async (database, workspace) => {
          const { client } = database
          const { target } = client
          const confirmed = options.yesDrop === undefined ? undefined : assertName(target.database, options.yesDrop)
          const makers = options.allObjects ? undefined : await makersOf(workspace)
          const meant = { database: database.name, makers }
          try {
            // Looked at twice: nothing is held while a person makes up their mind.
            const shown = await openReset(client, meant)
            const objects = shown.flatMap((one) => one.objects)
            if (objects.length > 0 && confirmed === undefined) {
              await sendAll(client, [statement('rollback')])
              for (const object of objects) output.result(`  drops ${object}`)
              assertName(target.database, await typed(`Type ${target.database} to drop this: `, context.signal))
              await openReset(client, meant)
            }
            await dropAll(client, shown, meant)
            output.result(objects.length === 0 ? 'Nothing to drop.' : `Dropped ${objects.length} objects of public.`)
            output.document({ command: 'reset', target: targetDocument(database), dropped: objects })
          } finally {
            await sendAll(client, [statement('rollback')]).catch(() => {})
          }
          return undefined
        },
      )
    },
  }
}

async function makersOf(workspace: { readonly root: string; readonly order: readonly Planned[] }) {
  const [{ withScratch }, { replay }] = await Promise.all([
    import('../replay/scratch.ts'),
    import('../replay/replay.ts'),
  ])
  return withScratch(workspace.root, async (scratch) => (await replay(scratch, { steps: workspace.order })).makers)
}

/** Throws ResetNotConfirmedError. */
function assertName(database: string, given: string | undefined): string {
  if (given !== database) throw new ResetNotConfirmedError({ database, given })
  return given
}

async function typed(question: string, signal: AbortSignal): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question(question, { signal }).catch(() => '')).trim()
  } finally {
    terminal.close()
  }
}
