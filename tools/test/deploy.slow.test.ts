/**
 * The image of deploy/Dockerfile, built and run where a Docker engine answers. Its base comes from a registry, which a test may not reach:
 * here it is made from the Node that runs the test, at the place where the real one has it.
 */
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { testDatabase } from '@veza/tools/test-database'
import { expect, onTestFinished, test } from 'vitest'
import { dockerAnswers } from '../test-database/docker.ts'
import { REPOSITORY } from './repository-copy.ts'

const BASE = 'veza-test-node:local'
const IMAGE = 'veza-test-migrate:local'

interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const docker = (...args: readonly string[]): Promise<Ran> =>
  promisify(execFile)('docker', args).then(
    ({ stdout, stderr }) => ({ exitCode: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ exitCode: code, stdout, stderr }),
  )

/** Node and the libraries that it is linked with, in the folders where they are here. */
function baseImage(folder: string): void {
  const root = join(folder, 'root')
  const put = (from: string, to: string): void => {
    mkdirSync(dirname(join(root, to)), { recursive: true })
    cpSync(realpathSync(from), join(root, to))
  }
  put(process.execPath, '/nodejs/bin/node')
  for (const [library] of execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).matchAll(/\/\S+/g))
    put(library, library)
  const tar = join(folder, 'base.tar')
  execFileSync('tar', ['--create', '--file', tar, '--directory', root, '.'])
  execFileSync('docker', ['import', tar, BASE], { stdio: 'ignore' })
}

test('the image applies the plan as an unprivileged user on a read-only root', async ({ skip }) => {
  if (process.platform !== 'linux' || !(await dockerAnswers())) skip('no Docker engine answers')
  const folder = mkdtempSync(join(tmpdir(), 'veza-image-'))
  onTestFinished(async () => {
    rmSync(folder, { recursive: true, force: true })
    await docker('image', 'rm', '--force', IMAGE, BASE)
  })
  baseImage(folder)
  const context = join(folder, 'dist')
  const bin = join(REPOSITORY, 'packages/migrator/bin/veza-migrator.js')
  const out = ['--workspace', REPOSITORY, '--out', join(context, 'veza-migrate.mjs')]
  execFileSync(process.execPath, [bin, 'bundle', ...out])
  const file = join(REPOSITORY, 'deploy/Dockerfile')
  const built = await docker('build', '--build-arg', `BASE=${BASE}`, '--file', file, '--tag', IMAGE, context)
  expect(built.exitCode, built.stderr).toBe(0)

  await using db = await testDatabase()
  const hardened = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'host']
  const run = (...args: readonly string[]) =>
    docker('run', '--rm', ...hardened, '--env', `DATABASE_URL=${db.url}`, IMAGE, ...args)
  const { stdout } = await docker('image', 'inspect', '--format', '{{.Config.User}}', IMAGE)
  expect(stdout.trim()).toBe('65532:65532')
  const up = await run()
  expect(up).toMatchObject({ exitCode: 0, stderr: '' })
  expect(up.stdout).toMatch(/^Applied \d+ migrations in /m)
  expect(await run('status', '--fail-on-pending')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await run('check')).toMatchObject({ exitCode: 2 })
  // Who applied it: a user without a name, in a container.
  const { rows } = await db.client.query('select distinct applied_by from migration_history')
  expect(rows).toEqual([{ applied_by: expect.stringMatching(/^uid 65532@/) }])
}, 300_000)
