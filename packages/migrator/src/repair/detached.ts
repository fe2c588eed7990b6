/** Whether a partition that a migration detaches concurrently is still one. */
import type { Client } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import type { Effect } from '../sql/effect.ts'
import { effectsOf } from '../sql/effects.ts'
import { quoted } from '../sql/names.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { Fact, Look } from './fact.ts'

type Detached = Extract<Effect, { type: 'detach' }>

export const detachedBy = ({ render }: Planned): Detached[] =>
  render.up.statements.flatMap(({ sql }) =>
    effectsOf(sql)
      .flat()
      .filter((effect) => effect.type === 'detach'),
  )

export async function detachFact(
  client: Client,
  { table, object }: Detached,
  { id }: Planned,
  look: Look,
): Promise<Fact> {
  const [parent, partition] = [table, object].map(({ schema = 'public', name }) => `${quoted(schema)}.${quoted(name)}`)
  const [answer] = await sendAll(client, [
    statement(
      'select inhdetachpending as "isPending" from pg_inherits where inhrelid = to_regclass($1) and inhparent = to_regclass($2)',
      partition,
      parent,
    ),
  ])
  const [found] = answer!.rows as { isPending: boolean }[]
  if (found?.isPending)
    return {
      says: 'contradicts',
      text: `the partition ${partition} is being detached from ${parent}, and that is not finished`,
      remedy: `To finish it: alter table ${parent} detach partition ${partition} finalize`,
    }
  const isDone = found === undefined
  return {
    says: isDone === (look.expected === 'done') ? 'agrees' : 'contradicts',
    text: `${partition} ${isDone ? 'is no' : 'is a'} partition of ${parent}`,
    remedy: isDone
      ? `What fits: npx veza-migrator repair ${id} --mark-done --reason "why"`
      : 'To run it again: npx nx run migrator:up',
  }
}
