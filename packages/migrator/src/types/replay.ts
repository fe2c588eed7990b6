/**
 * Plan → what it builds and who built it: the migrations applied to an empty database, each committed on its own, so that after each
 * one it is seen what is new. An object belongs to the domain whose migration created it; what a later one renames keeps its owner.
 */
import { randomUUID } from 'node:crypto'
import type { DatabaseMetadata } from 'kysely-codegen'
import { readCatalog } from '../catalog/read.ts'
import type { Catalog } from '../catalog/types.ts'
import { type Client, connect, operator, targetOf, targetText } from '../database/connect.ts'
import { HISTORY_TABLE } from '../database/history.ts'
import { sendAll } from '../database/pipeline.ts'
import { planUp } from '../plan/plan.ts'
import { run } from '../run/run.ts'
import { statement } from '../statement.ts'
import { toolVersion } from '../version.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { introspect } from './introspect.ts'
import { readUnwritable, type Unwritable } from './unwritable.ts'

export interface Replayed {
  /** Without the migrator's own history. */
  readonly catalog: Catalog
  /** The same tables as kysely-codegen sees them. */
  readonly metadata: DatabaseMetadata
  /** Of these, what schema.sql cannot say. */
  readonly unwritable: readonly Unwritable[]
  /** Domain by oid. */
  readonly owners: ReadonlyMap<number, string>
}

export interface ReplayRequest {
  /** Of an empty database that nobody else uses. */
  readonly url: string
  readonly workspace: Workspace
  /** Only this domain and the domains that it needs. */
  readonly domain?: string | undefined
}

const objects = statement(`select oid from pg_class where relnamespace = 'public'::regnamespace
union all select oid from pg_proc where pronamespace = 'public'::regnamespace
union all select oid from pg_type where typnamespace = 'public'::regnamespace`)

/** Throws what run throws. */
export async function replay({ url, workspace, domain }: ReplayRequest): Promise<Replayed> {
  const client = await connect(url, 'types')
  try {
    const owners = await applied(client, { url, workspace, domain })
    await sendAll(client, [statement('begin isolation level repeatable read read only')])
    const [catalog, metadata, unwritable] = await Promise.all([
      readCatalog(client),
      introspect(client),
      readUnwritable(client),
    ])
    await sendAll(client, [statement('commit')])
    return {
      catalog: { ...catalog, tables: catalog.tables.filter(({ name }) => name !== HISTORY_TABLE) },
      metadata,
      unwritable: unwritable.filter(({ name }) => name !== HISTORY_TABLE),
      owners,
    }
  } finally {
    await client.end().catch(() => {})
  }
}

async function applied(
  client: Client,
  { url, workspace, domain }: ReplayRequest,
): Promise<ReadonlyMap<number, string>> {
  const { order, graph } = workspace
  const owners = new Map<number, string>()
  const events = run(client, {
    url,
    target: targetText(targetOf(client)),
    order,
    graph,
    direction: 'up',
    decide: (known) => planUp(known, { domain }),
    identity: { runId: randomUUID(), toolVersion, appliedBy: operator() },
    limits: { lockTimeoutMs: 0, statementTimeoutMs: 0 },
    lockWaitMs: 0,
    perMigration: true,
    allowNonempty: false,
    signal: new AbortController().signal,
  })
  for await (const event of events) {
    if (event.type !== 'committed') continue
    // The run waits until the next event is asked for, so its connection is free, and outside a transaction.
    const [answer] = await sendAll(client, [objects])
    for (const { oid } of answer!.rows) {
      if (!owners.has(oid)) owners.set(oid, event.steps[0]!.domain)
    }
  }
  return owners
}
