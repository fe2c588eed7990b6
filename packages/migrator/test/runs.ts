/** Runs against a test database from inside the test: events and result as values. What a process does is asked in command.ts. */
import type pg from 'pg'
import { connect } from '../src/database/connect.ts'
import { type DownTarget, planDown, planUp, type UpTarget } from '../src/plan/plan.ts'
import type { RunEvent, RunSummary } from '../src/run/events.ts'
import type { RunRequest } from '../src/run/request.ts'
import { run } from '../src/run/run.ts'
import { openWorkspace, type Workspace } from '../src/workspace/workspace.ts'

export interface RunOptions
  extends Partial<Pick<RunRequest, 'lockWaitMs' | 'perMigration' | 'allowNonempty' | 'overrideReadOnly' | 'signal'>> {
  /** Default: up, everything. */
  readonly up?: UpTarget
  readonly down?: DownTarget
  readonly lockTimeoutMs?: number
  readonly idleTimeoutMs?: number
  readonly onEvent?: (event: RunEvent) => unknown
}

/** A workspace's root or anything that has one. */
type Rooted = string | { readonly root: string }

const workspaces = new Map<string, Promise<Workspace>>()

/** Loaded and rendered once: what a run makes of a workspace is asked here, not what becomes of one that is edited. */
function opened(root: string): Promise<Workspace> {
  const known = workspaces.get(root) ?? openWorkspace(root)
  workspaces.set(root, known)
  return known
}

/** Events so far are in `events` also when it throws. */
export async function migrate(
  url: string,
  workspace: Rooted,
  options: RunOptions = {},
  events: RunEvent[] = [],
): Promise<RunSummary> {
  const known = await opened(typeof workspace === 'string' ? workspace : workspace.root)
  const client = await connect(url, options.down ? 'down' : 'up')
  const { up, down, lockWaitMs = 20_000, lockTimeoutMs = 2000, idleTimeoutMs = 60_000, onEvent } = options
  try {
    const running = run(client, {
      ...known,
      direction: down ? 'down' : 'up',
      decide: (input) => (down ? planDown(input, down) : planUp(input, up)),
      appliedBy: 'test@machine',
      limits: { lockTimeoutMs, statementTimeoutMs: 0, idleTimeoutMs },
      lockWaitMs,
      perMigration: options.perMigration,
      allowNonempty: options.allowNonempty,
      overrideReadOnly: options.overrideReadOnly,
      signal: options.signal,
    })
    for (let next = await running.next(); ; next = await running.next()) {
      if (next.done) return next.value
      events.push(next.value)
      await onEvent?.(next.value)
    }
  } finally {
    await client.end().catch(() => {})
  }
}

/** What a run throws. */
export async function failureOf(work: Promise<unknown>): Promise<any> {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new Error('it should have failed')
}

export const idsOf = ({ done }: RunSummary): string[] => done.map(({ step }) => step.id)

/** Every object in public and every history row: what "untouched" and "empty" are measured by. */
export async function publicObjects(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ object: string }>(`
    select 'relation ' || relname as object from pg_class where relnamespace = 'public'::regnamespace
    union all select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace
    union all select 'type ' || typname from pg_type where typnamespace = 'public'::regnamespace
    order by 1`)
  return rows.map(({ object }) => object)
}

export async function tableNames(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select tablename::text as name from pg_tables where schemaname = 'public' order by 1",
  )
  return rows.map(({ name }) => name)
}

/** Ids in the history, in the order of the run; [] without a history. */
export async function history(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query("select to_regclass('public.migration_history') is not null as there")
  if (!rows[0].there) return []
  const found = await client.query("select domain || '/' || name as id from migration_history order by position")
  return found.rows.map(({ id }) => id)
}
