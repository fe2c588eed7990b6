/** Workspace → the generated files of its domains, from one replay on a throw-away database. Nothing is written here. */
import { join } from 'node:path'
import { withScratch } from '../replay/scratch.ts'
import type { Domain } from '../workspace/discover.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { domainState } from './domain-state.ts'
import { type StaleFact, staleFacts } from './fact.ts'
import { indexFile } from './index-file.ts'
import { replay } from './replay.ts'
import { schemaFacts } from './schema-facts.ts'
import { schemaFile } from './schema-file.ts'
import { tablesFile } from './tables-file.ts'
import { typesFacts } from './types-facts.ts'

export interface GeneratedFile {
  /** Relative to the workspace, with `/`. */
  readonly path: string
  readonly text: string
  /** What the committed text says other than this one; empty when they mean the same. */
  compare(committed: string): StaleFact[]
}

export interface GeneratedDomain {
  readonly domain: Domain
  readonly tables: readonly string[]
  readonly files: readonly GeneratedFile[]
}

/** All domains in dependency order; or one, from a replay of what it needs. Throws UnknownDomainError and what run throws. */
export async function generate(workspace: Workspace, only?: string): Promise<GeneratedDomain[]> {
  const { root, domains, graph } = workspace
  if (only !== undefined) graph.closure(only)
  const replayed = await withScratch(root, async ({ createDatabase }) =>
    replay({ url: await createDatabase(), workspace, domain: only }),
  )
  const byName = new Map(domains.map((domain) => [domain.name, domain]))
  return graph.order
    .filter((name) => only === undefined || name === only)
    .map((name) => {
      const domain = byName.get(name) as Domain
      const needs = domain.dependencies.map((needed) => byName.get(needed) as Domain)
      const state = domainState(replayed, domain)
      return {
        domain,
        tables: state.tables.map((table) => table.name),
        files: [
          typescript(domain, 'src/tables.generated.ts', tablesFile(state)),
          typescript(domain, 'src/index.ts', indexFile(domain, needs)),
          sql(domain, 'schema.sql', schemaFile(state, needs)),
        ],
      }
    })
}

const typescript = ({ path }: Domain, file: string, text: string): GeneratedFile => ({
  path: `${path}/${file}`,
  text,
  compare: (committed) => staleFacts(typesFacts(committed), typesFacts(text)),
})

const sql = ({ path }: Domain, file: string, text: string): GeneratedFile => ({
  path: `${path}/${file}`,
  text,
  compare: (committed) => staleFacts(schemaFacts(committed), schemaFacts(text)),
})

export const absolute = ({ root }: Workspace, { path }: GeneratedFile): string => join(root, ...path.split('/'))
