/** The files in deploy/ agree with each other and with the migrator, as far as text can tell. deploy.slow.test.ts builds and runs the image. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY } from './repository-copy.ts'

const read = (name: string): string => readFileSync(join(REPOSITORY, 'deploy', name), 'utf8')
const [image, job, actions] = ['Dockerfile', 'kubernetes-job.yaml', 'github-actions.yaml'].map(read) as [
  string,
  string,
  string,
]
const jobValue = (name: string): string | undefined => new RegExp(`^ *(?:- )?${name}: (.*)$`, 'm').exec(job)?.[1]

test('every file of the folder is described by the guide', () => {
  const guide = readFileSync(join(REPOSITORY, 'docs/guides/bundle.md'), 'utf8')
  for (const name of readdirSync(join(REPOSITORY, 'deploy'))) expect(guide).toContain(`(../../deploy/${name})`)
})

test('the image has a pinned base, a user by number, and the bundle as its program', () => {
  expect(image).toMatch(/^ARG BASE=\S+:(?!latest)\S+$/m)
  expect(image).toMatch(/^USER 65532:65532$/m)
  expect(image).toMatch(/^COPY veza-migrate\.mjs \/app\/veza-migrate\.mjs$/m)
  expect(image).toMatch(/^ENTRYPOINT \[.*"\/app\/veza-migrate\.mjs"\]$/m)
})

test('the Job runs as the user of the image, with nothing that it does not need', () => {
  expect(jobValue('runAsUser')).toBe('65532')
  expect(jobValue('runAsNonRoot')).toBe('true')
  expect(jobValue('readOnlyRootFilesystem')).toBe('true')
  expect(jobValue('allowPrivilegeEscalation')).toBe('false')
  expect(jobValue('automountServiceAccountToken')).toBe('false')
  expect(jobValue('drop')).toBe('[ALL]')
  for (const name of ['memory', 'activeDeadlineSeconds', 'backoffLimit']) expect(jobValue(name)).toMatch(/^\d/)
  expect(job).toMatch(/name: DATABASE_URL\n *valueFrom:\n *secretKeyRef:/)
})

test('the Job gives an interrupted run more than the 2 s that it takes to end', () => {
  expect(Number(jobValue('terminationGracePeriodSeconds'))).toBeGreaterThan(2)
})

test('the workflow makes the bundle as the guide says, and installs nothing where it is applied', () => {
  expect(actions).toContain('npx nx run migrator:bundle -- --out dist/veza-migrate.mjs')
  const up = actions.slice(actions.indexOf('\n  up:'))
  expect(up).not.toMatch(/npm|npx|checkout/)
  expect(up).toContain('cancel-in-progress: false')
})
