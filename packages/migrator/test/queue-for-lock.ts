/** Another session that is served the run's lock as soon as the run lets go of it. */
import type pg from 'pg'
import { expect } from 'vitest'
import { withClient } from '../../../tools/test-database/databases.ts'
import { LOCK_KEY } from '../src/database/lock.ts'

const WAITERS = `select from pg_locks where locktype = 'advisory' and classid = ${LOCK_KEY[0]} and not granted
  and database = (select oid from pg_database where datname = current_database())`

/** Returns when the session waits inside PostgreSQL. `served` settles when it has the lock. */
export async function queueForLock({
  client,
  url,
}: {
  client: pg.Client
  url: string
}): Promise<{ served: Promise<unknown> }> {
  const served = client.query(`select pg_advisory_lock(${LOCK_KEY.join(', ')})`)
  await withClient(url, (looking) =>
    expect.poll(async () => (await looking.query(WAITERS)).rowCount, { timeout: 10_000 }).toBe(1),
  )
  return { served }
}
