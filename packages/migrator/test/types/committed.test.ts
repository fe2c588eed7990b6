/** The committed types and schema.sql of every domain: fresh, and SQL that builds what the migrations build. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { testDatabase } from '@veza/tools/test-database'
import { v1Workspace } from '@veza/tools/v1'
import { beforeAll, describe, expect, test } from 'vitest'
import { staleFactText } from '../../src/types/fact.ts'
import { type GeneratedDomain, generate } from '../../src/types/generate.ts'
import { openWorkspace, type Workspace } from '../../src/workspace/workspace.ts'
import { REPOSITORY } from '../fixture-workspace.ts'
import { spec } from '../v1/parse-spec.ts'
import { catalogOf, comparable } from './comparable.ts'

let workspace: Workspace
let domains: readonly GeneratedDomain[]

beforeAll(async () => {
  workspace = await openWorkspace(REPOSITORY)
  domains = await generate(workspace)
}, 60_000)

const committed = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8')

test('every committed file says what the migrations build', async () => {
  const stale: string[] = []
  for (const { path, compare } of domains.flatMap(({ files }) => files))
    for (const found of await compare(committed(path))) stale.push(`${path}: ${staleFactText(found)}`)
  expect(stale).toEqual([])
})

test('every table of V1 belongs to the domain in whose section of docs/v1-schema.md it stands, and to no other', async () => {
  using v1 = v1Workspace()
  const generated = await generate(await openWorkspace(v1.root))
  const owned = generated.flatMap(({ domain, tables }) => tables.map((table) => `${domain.name}.${table}`))
  expect(owned.sort()).toEqual(spec.tables.map(({ domain, name }) => `${domain}.${name}`).sort())
})

test('a domain generated alone is the same as generated with all', async () => {
  const [alone] = await generate(workspace, 'auth')
  const together = domains.find(({ domain }) => domain.name === 'auth')
  expect(alone?.files.map(({ text }) => text)).toEqual(together?.files.map(({ text }) => text))
})

describe('schema.sql', () => {
  test('of all domains, loaded in the order of the graph, builds the catalogue that up builds', async () => {
    await using migrated = await testDatabase({ migrated: true })
    await using loaded = await testDatabase()
    for (const name of workspace.graph.order) {
      const { path } = workspace.domains.find((domain) => domain.name === name)!
      await loaded.client.query(committed(`${path}/schema.sql`))
    }
    expect(comparable(await catalogOf(loaded.url))).toEqual(comparable(await catalogOf(migrated.url)))
  })
})
