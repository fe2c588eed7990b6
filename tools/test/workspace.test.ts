/** Nx, npm and the migrator must read the same facts from the package.json files. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Domain, discover } from '../../packages/migrator/src/workspace/discover.ts'
import { REPOSITORY } from './repository-copy.ts'

interface NxGraph {
  readonly nodes: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>>
}

let folder: string
let graph: NxGraph
let domains: readonly Domain[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'veza-graph-'))
  const file = join(folder, 'graph.json')
  execFileSync('npx', ['nx', 'graph', `--file=${file}`], { cwd: REPOSITORY, stdio: 'ignore' })
  graph = JSON.parse(readFileSync(file, 'utf8')).graph
  domains = discover(REPOSITORY)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const targetsOf = (project: string): string[] =>
  [...new Set(graph.dependencies[project]?.map(({ target }) => target))].sort()

test('core stands below auth, streaming and social, and on nothing', () => {
  const needs = new Map(domains.map(({ name, dependencies }) => [name, dependencies]))
  expect(needs.get('core')).toEqual([])
  for (const name of ['auth', 'social', 'streaming']) expect(needs.get(name), name).toContain('core')
})

test('Nx has the edges between domains that the migrator has', () => {
  for (const { name, dependencies } of domains) {
    const schema = (domain: string) => `${domain}-schema`
    expect(targetsOf(schema(name)), name).toEqual(dependencies.map(schema))
  }
})

test('the migrator depends on every domain, so that nx affected runs it for each of their changes', () => {
  expect(targetsOf('migrator')).toEqual(domains.map(({ name }) => `${name}-schema`))
})

test('no project has a project.json', () => {
  const found = execFileSync('git', ['ls-files', '*project.json'], { cwd: REPOSITORY, encoding: 'utf8' })
  expect(found).toBe('')
})

test('every package that is depended on stands in the decision about dependencies, and no other', () => {
  const page = readFileSync(join(REPOSITORY, 'docs/decisions/0006-dependencies.md'), 'utf8')
  const firstCells = [...page.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell as string)
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string))
  const manifests = execFileSync('git', ['ls-files', 'package.json', '*/package.json'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .map((file) => JSON.parse(readFileSync(join(REPOSITORY, file), 'utf8')))
  const used = manifests
    .flatMap(({ dependencies, devDependencies }) => Object.keys({ ...dependencies, ...devDependencies }))
    .filter((name) => !name.startsWith('@veza/'))
  // Node's own modules need no dependency.
  expect(named.filter((name) => !name.startsWith('node:')).sort()).toEqual([...new Set(used)].sort())
})
