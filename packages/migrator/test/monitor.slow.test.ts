/** status --check on a hot standby, and from a bundle with the least privilege. */

import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { acquireEmbedded } from '../src/embedded/server.ts'
import { bundleOf } from './bundles.ts'
import { callCommand } from './command.ts'
import { parseExposition } from './exposition-parser.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
import { granted } from './granted.ts'
import { migrate } from './runs.ts'

test('it answers on a standby, and says that nobody knows there who runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'veza-standby-'))
  const server = () => acquireEmbedded({ dir: join(folder, '.veza'), port: 0, durable: false })
  using workspace = await fixtureWorkspace({
    core: {
      migrations: { '001_users': { up: ['create table users ()'] }, '002_tags': { up: ['create table tags ()'] } },
    },
  })
  try {
    const primary = await server()
    try {
      await migrate(primary.url, workspace)
    } finally {
      await primary.release()
    }
    const signal = join(primary.dataDir, 'standby.signal')
    writeFileSync(signal, '')
    const { uid, gid } = statSync(primary.dataDir)
    chownSync(signal, uid, gid)

    const standby = await server()
    try {
      const client = new pg.Client({ connectionString: standby.url })
      await client.connect()
      expect((await client.query('select pg_is_in_recovery() as standby')).rows).toEqual([{ standby: true }])
      await client.end()
      const args = ['status', '--check', '--workspace', workspace.root, '--database-url', standby.url]
      const { stdout, stderr, exitCode } = await callCommand(args)
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
      expect(stdout).toContain('2 of 2 applied, nothing is pending')
      expect(stdout).toContain('running now  not looked for: this is a standby')
      expect(JSON.parse((await callCommand([...args, '--json'])).stdout).check).toMatchObject({
        isStandby: true,
        running: null,
        notLookedFor: [{ what: 'running' }, { what: 'drift' }],
      })
    } finally {
      await standby.release()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 120_000)

test('as production has it: the bundle runs as the migrator role, and is watched as the monitor role', async () => {
  using workspace = await fixtureWorkspace({
    core: {
      migrations: {
        '001_users': { up: ['create table users (name text)'] },
        '002_index': { transaction: false, up: ['create index concurrently users_name on users (name)'] },
      },
    },
  })
  await using there = await granted(workspace.root)
  await there.run()
  using bundle = await bundleOf(workspace.root)
  const as = async (role: string, ...args: string[]) =>
    bundle.run(args, { env: { DATABASE_URL: await there.urlOf(role) } })
  const { migrator, monitor } = there.rights
  // Without the right to make a table nothing is begun.
  expect((await as(monitor, 'up')).exitCode).toBe(3)
  expect(await as(migrator, 'up')).toMatchObject({ exitCode: 0, stderr: '' })
  const early = await as(monitor, 'status', '--check')
  expect(early.exitCode).toBe(3)
  expect(early.stderr).toContain('GRANT SELECT ON public.migration_history TO')
  await there.as(migrator, (client) => there.run(client))
  expect(await as(monitor, 'status', '--check')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await as(monitor, 'status', '--check', '--format', 'prometheus', '--out', 'veza.prom')).toMatchObject({
    exitCode: 0,
  })
  const metrics = parseExposition(readFileSync(join(bundle.folder, 'veza.prom'), 'utf8'))
  expect(metrics.find(({ name }) => name === 'veza_migrations_applied')?.samples).toMatchObject([{ value: 2 }])
}, 120_000)
