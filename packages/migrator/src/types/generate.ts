/** Workspace → the generated files of its domains, from one replay on a throw-away database. Nothing is written here. */
import { withReplay } from '../replay/replay.ts'
import { withScratch } from '../replay/scratch.ts'
import type { Domain } from '../workspace/discover.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { type BuiltSchema, domainState } from './domain-state.ts'
import { type StaleFact, staleFacts } from './fact.ts'
import { indexFile } from './index-file.ts'
import { introspect } from './introspect.ts'
import { GENERATED } from './places.ts'
import { schemaFile } from './schema-file.ts'
import { tablesFile } from './tables-file.ts'
import { readUnwritable } from './unwritable.ts'

export interface GeneratedFile {
  /** Relative to the workspace, with `/`. */
  readonly path: string
  readonly text: string
  /** Differences between the committed text and `text`; empty when both mean the same. */
  compare(committed: string): Promise<StaleFact[]>
}

export interface GeneratedDomain {
  readonly domain: Domain
  readonly tables: readonly string[]
  readonly files: readonly GeneratedFile[]
}

/**
 * All domains in dependency order; or only one, from a replay of that domain and of those that it needs. Throws UnknownDomainError,
 * SchemaFileError, and what withReplay throws.
 */
export async function generate(workspace: Workspace, only?: string): Promise<GeneratedDomain[]> {
  const { domains, graph } = workspace
  const built = await build(workspace, only)
  const byName = new Map(domains.map((domain) => [domain.name, domain]))
  return graph.order
    .filter((name) => only === undefined || name === only)
    .map((name) => {
      const domain = byName.get(name) as Domain
      const needs = domain.dependencies.map((needed) => byName.get(needed) as Domain)
      const state = domainState(built, domain)
      return {
        domain,
        tables: state.tables.map((table) => table.name),
        files: [
          typescript(domain, GENERATED.tables, tablesFile(state)),
          typescript(domain, GENERATED.index, indexFile(domain, needs)),
          sql(domain, GENERATED.schema, schemaFile(state, needs)),
        ],
      }
    })
}

function build({ root, order, graph }: Workspace, only: string | undefined): Promise<BuiltSchema> {
  const needed = only === undefined ? undefined : graph.closure(only)
  const request = {
    steps: order.filter(({ domain }) => needed?.has(domain) ?? true),
    part: only === undefined ? undefined : `${only} and the domains that it needs`,
  }
  return withScratch(root, (scratch) =>
    withReplay(scratch, request, async ({ client, catalog, makers }) => {
      const [metadata, unwritable] = await Promise.all([introspect(client), readUnwritable(client)])
      return { catalog, makers, metadata, unwritable }
    }),
  )
}

// The module that reads a file is loaded only if a file differs: loading the TypeScript compiler takes as long as the replay.
const typescript = ({ path }: Domain, file: string, text: string): GeneratedFile => ({
  path: `${path}/${file}`,
  text,
  compare: async (committed) => {
    const { typesFacts } = await import('./types-facts.ts')
    return staleFacts(typesFacts(committed), typesFacts(text))
  },
})

const sql = ({ path }: Domain, file: string, text: string): GeneratedFile => ({
  path: `${path}/${file}`,
  text,
  compare: async (committed) => {
    const { schemaFacts } = await import('./schema-facts.ts')
    return staleFacts(schemaFacts(committed), schemaFacts(text))
  },
})
