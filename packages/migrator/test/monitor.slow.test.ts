/** status --check on a hot standby: nothing can be written there, and no lock of the primary is seen. */

import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { acquireEmbedded } from '../src/embedded/server.ts'
import { callCommand } from './command.ts'
import { fixtureWorkspace } from './fixture-workspace.ts'
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
