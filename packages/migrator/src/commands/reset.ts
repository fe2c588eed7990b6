import { ResetInProductionError, ResetNotConfirmedError } from '../reset/errors.ts'
import { dropLines, resetReport } from '../reset/report.ts'
import { reset as empty } from '../reset/reset.ts'
import { RUN_GRACE_MS } from '../run/request.ts'
import { verb } from '../verb.ts'
import type { Planned } from '../workspace/workspace.ts'
import { confirm } from './confirm.ts'
import { InterruptedWriteError } from './errors.ts'
import { withDatabase } from './with-database.ts'

/** Empties a lab database: public only, never another schema. */
export const reset = verb({
  options: (command) =>
    command
      .option('--all-objects', 'everything in public, not only what a domain owns')
      .option('--yes-drop <name>', "the database's name, instead of typing it"),
  examples: [
    "veza-migrator reset                              asks for the database's name",
    'veza-migrator reset --yes-drop veza_lab          drops what the domains own in public',
    'veza-migrator reset --all-objects --yes-drop veza_lab',
  ],
  run: async (options, context) => {
    if (context.env.NODE_ENV === 'production') throw new ResetInProductionError()
    const { yesDrop, allObjects } = options
    return withDatabase(
      { options, context, verb: 'reset', edited: 'accept', graceMs: RUN_GRACE_MS },
      async (place, workspace) => {
        const { database } = place.client.target
        const isMeant = (given: string) => given === database
        const refusal = (given: string | undefined) => new ResetNotConfirmedError({ database, given })
        if (yesDrop !== undefined && !isMeant(yesDrop)) throw refusal(yesDrop)
        const agree = async (objects: readonly string[]) => {
          context.tell(dropLines(objects))
          await confirm(context, { question: `Type ${database} to drop this: `, isMeant, refusal })
        }
        const makers = allObjects ? undefined : await makersOf(workspace)
        context.lastWords(() => new InterruptedWriteError({ verb: 'reset' }))
        const meant = { database: place.name, makers }
        return resetReport(await empty(place.client, meant, yesDrop === undefined ? agree : undefined), place)
      },
    )
  },
})

async function makersOf(workspace: { readonly root: string; readonly order: readonly Planned[] }) {
  const [{ withScratch }, { replay }] = await Promise.all([
    import('../replay/scratch.ts'),
    import('../replay/replay.ts'),
  ])
  return withScratch(workspace.root, async (scratch) => (await replay(scratch, { steps: workspace.order })).makers)
}
