/** The programs that are compared, each with the command line of one whole process. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleOf } from '../../packages/migrator/src/bundle/bundle.ts'
import { renderCacheFiles } from '../../packages/migrator/src/workspace/render-cache.ts'
import { openWorkspace } from '../../packages/migrator/src/workspace/workspace.ts'
import { oneQuery } from './one-query.ts'

export const CONTENDERS = ['bundle', 'migrator', 'migrator-uncached', 'kysely', 'floor'] as const
export type ContenderName = (typeof CONTENDERS)[number]

export const STATES = ['v1', 'nothing'] as const
/** `v1`: an empty database is brought to V1. `nothing`: V1 is there and nothing is pending. */
export type State = (typeof STATES)[number]

export interface Contender {
  readonly name: ContenderName
  /** The contender's description in the printed table. */
  readonly what: string
  /** Node's arguments for a run against `url`. */
  command(run: { readonly url: string; readonly state: State }): readonly string[]
  /** Called before each run and not timed. */
  prepare?(): void
}

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const script = (name: string): string => fileURLToPath(new URL(`contenders/${name}.js`, import.meta.url))

/** Renders the plan of `workspace` once and leaves in `folder` what the contenders read. */
export async function makeContenders(folder: string, workspace: string): Promise<readonly Contender[]> {
  const opened = await openWorkspace(workspace)
  const { order, root } = opened
  const plan = join(folder, 'plan.json')
  // Kysely sorts migrations by name, so each name begins with the position in the plan.
  const named = order.map(({ position, domain, name, file }) => ({
    name: `${String(position).padStart(5, '0')}_${domain}_${name}`,
    file,
  }))
  writeFileSync(plan, JSON.stringify(named))
  const queries: Record<State, string> = { v1: join(folder, 'v1.sql'), nothing: join(folder, 'nothing.sql') }
  writeFileSync(queries.v1, oneQuery(order))
  writeFileSync(queries.nothing, 'select domain, name, checksum from public.migration_history order by position')

  const bundle = join(folder, 'veza-migrate.mjs')
  writeFileSync(bundle, (await bundleOf(opened, 'veza-migrate.mjs')).text)
  const bin = join(REPOSITORY, 'packages/migrator/bin/veza-migrator.js')
  const ours = ({ url }: { url: string }) => [bin, 'up', '--workspace', root, '--database-url', url]
  return [
    {
      name: 'bundle',
      what: 'this migrator, from its bundle',
      command: ({ url }) => [bundle, 'up', '--database-url', url],
    },
    { name: 'migrator', what: 'this migrator', command: ours },
    {
      name: 'migrator-uncached',
      what: 'this migrator, its rendering cache removed',
      command: ours,
      prepare: () => {
        for (const file of renderCacheFiles(root)) rmSync(file, { force: true })
      },
    },
    {
      name: 'kysely',
      what: "kysely's Migrator",
      command: ({ url }) => ['-C', '@veza/source', script('kysely-migrator'), url, plan],
    },
    {
      name: 'floor',
      what: 'pg and one query',
      command: ({ url, state }) => [script('one-query'), url, queries[state]],
    },
  ]
}
