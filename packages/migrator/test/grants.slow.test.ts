/** The script of `grants` in a database with thousands of tables, whose planner has no statistics of what it compares. */
import { testDatabase } from '@veza/tools/test-database'
import { expect, test } from 'vitest'
import { type OwnedObject, rightsOf } from '../src/grants/rights.ts'
import { grantsScript } from '../src/grants/script.ts'
import { runScript, withoutRoles } from './granted.ts'

const TABLES = 4000

test('it is compared in seconds, also right after the rights were given', async () => {
  await using db = await testDatabase()
  for (let first = 0; first < TABLES; first += 500) {
    const tables = Array.from({ length: 500 }, (_, index) => `create table t${first + index} (id int)`)
    await db.client.query(tables.join(';'))
  }
  const domains = ['core', 'auth'].map((name) => ({ name, packageName: name, folder: '', path: '', dependencies: [] }))
  const objects = Array.from(
    { length: TABLES },
    (_, index): OwnedObject => ({
      domain: index % 2 === 0 ? 'core' : 'auth',
      kind: 'relation',
      name: `t${index}`,
    }),
  )
  const prefix = 'scale_'
  const script = grantsScript(rightsOf({ prefix, domains, objects }))
  try {
    // A new owner and two grants for each.
    expect((await runScript(db.client, script)).length).toBeGreaterThan(3 * TABLES)
    const started = performance.now()
    expect(await runScript(db.client, script)).toEqual([])
    // Half a second here; a join of the two lists took more than half a minute.
    expect(performance.now() - started).toBeLessThan(15_000)
  } finally {
    await withoutRoles(db.client, prefix)
  }
}, 180_000)
