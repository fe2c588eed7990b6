/**
 * Over every domain there is: each migration goes up, its down restores what was there before it, and it goes up again to the same.
 * Nothing here names a domain or a table: a new one is covered the day it exists.
 */
import { readFileSync } from 'node:fs'
import { type TestDatabase, testDatabase } from '@veza/tools/test-database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorkspace } from '../src/workspace/workspace.ts'
import { fingerprint } from './fingerprint.ts'
import { REPOSITORY } from './fixture-workspace.ts'
import { history, migrate, publicObjects } from './runs.ts'

const { order, domains, graph } = await openWorkspace(REPOSITORY)

/** What the database holds, seen by one migration. */
interface Seen {
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** After its down, and after the up that follows; undefined where it has no down. */
  readonly restored?: readonly string[]
  readonly again?: readonly string[]
}

let db: TestDatabase
const seen = new Map<string, Seen>()
/** Of each relation, function and type in public, the domain that made it. */
const ownerOf = new Map<string, string>()

beforeAll(async () => {
  db = await testDatabase()
  let before = await fingerprint(db.client)
  for (const { id, domain, irreversible } of order) {
    const up = async () => {
      await migrate(db.url, REPOSITORY, { up: { to: id } })
      return fingerprint(db.client)
    }
    const after = await up()
    for (const object of await objects(db)) if (!ownerOf.has(object)) ownerOf.set(object, domain)
    if (irreversible === undefined) {
      await migrate(db.url, REPOSITORY, { down: { kind: 'steps', steps: 1 } })
      seen.set(id, { before, after, restored: await fingerprint(db.client), again: await up() })
    } else seen.set(id, { before, after })
    before = after
  }
}, 120_000)
afterAll(async () => {
  await db?.drop()
})

/** Without the history, which is the migrator's own. */
const objects = async ({ client }: TestDatabase): Promise<string[]> =>
  (await publicObjects(client)).filter((object) => !object.includes('migration_history'))

/** What depends on what, by the names of relations and functions: keys, defaults, triggers, checks, views, bodies of functions. */
const DEPENDENCIES = `select distinct "from".object_names[2] as "from", "to".object_names[2] as "to"
from pg_depend d
cross join pg_identify_object_as_address(d.classid, d.objid, d.objsubid) as "from"
cross join pg_identify_object_as_address(d.refclassid, d.refobjid, d.refobjsubid) as "to"
where d.deptype = 'n' and "from".object_names[1] = 'public' and "to".object_names[1] = 'public'`

const ownerOfNamed = (name: string): string | undefined =>
  ownerOf.get(`relation ${name}`) ?? ownerOf.get(`function ${name}`)

/** Changes of rows alone may find no row in an empty database. */
const definesSomething = ({ render }: (typeof order)[number]): boolean =>
  render.up.statements.some(({ sql }) => /^\s*(create|alter|drop|comment)\b/i.test(sql))

describe.each(domains)('$name', ({ name, dependencies }) => {
  const own = order.filter(({ domain }) => domain === name)

  test.each(own)('$id changes what it says, and its down restores what was there before', (migration) => {
    const { before, after, restored, again } = seen.get(migration.id)!
    if (definesSomething(migration)) expect(after).not.toEqual(before)
    if (migration.irreversible === undefined) expect([restored, again]).toEqual([before, after])
    else expect(migration.irreversible).toMatch(/\w/)
  })

  test('is built by --domain with nothing but what it needs', async () => {
    await using alone = await testDatabase()
    const needed = graph.closure(name)
    await migrate(alone.url, REPOSITORY, { up: { domain: name } })
    expect(await history(alone.client)).toEqual(order.filter(({ domain }) => needed.has(domain)).map(({ id }) => id))
    const strange = (await objects(alone)).filter((object) => !needed.has(ownerOf.get(object) as string))
    expect(strange).toEqual([])
  })

  test('depends on exactly the domains that its tables and functions reach, or its migrations import', async () => {
    const { rows } = await db.client.query<{ from: string; to: string }>(DEPENDENCIES)
    const reached = rows.filter(({ from }) => ownerOfNamed(from) === name).map(({ to }) => ownerOfNamed(to))
    const code = own.map(({ file }) => readFileSync(file, 'utf8')).join('\n')
    const imported = domains.filter((domain) => code.includes(`'${domain.packageName}/`)).map((domain) => domain.name)
    const others = [...reached, ...imported].filter((owner) => owner !== undefined && owner !== name)
    expect([...new Set(others)].sort()).toEqual(dependencies)
  })
})

test('going down and up again, one by one, has left the whole plan applied', async () => {
  expect(await history(db.client)).toEqual(order.map(({ id }) => id))
  expect(ownerOfNamed('users')).toBe('core')
})
