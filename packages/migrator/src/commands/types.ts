import { staleTypeFiles, writeDomains } from '../types/files.ts'
import { staleReport, typesReport } from '../types/report.ts'
import { verb } from '../verb.ts'
import { openWorkspace } from '../workspace/workspace.ts'

/** Generates each domain's types and schema.sql from a replay of the migrations. Touches no database but a throw-away one. */
export const types = verb({
  options: (command) =>
    command
      .option('--domain <name>', 'only this domain (auth, or its project name auth-schema)')
      .option('--check', 'write nothing; exit code 1 if a file says something else than the migrations'),
  examples: [
    "veza-migrator types                 every domain's src/tables.generated.ts, src/index.ts and schema.sql",
    "veza-migrator types --domain auth   auth's alone, from its own migrations and those that it needs",
    'veza-migrator types --check         write nothing; exit code 1 and the tables and columns that differ when a file is stale',
  ],
  run: async ({ workspace: from, domain, check }, { cwd, busy }) => {
    const startedAt = performance.now()
    const workspace = await openWorkspace(from ?? cwd)
    const { root, order, graph } = workspace
    busy('replaying the migrations')
    const only = domain?.replace(/-schema$/, '')
    const { generate } = await import('../types/generate.ts')
    const generated = await generate(workspace, only)
    if (check) {
      const files = generated.flatMap((one) => one.files)
      return staleReport(
        files.map(({ path }) => path),
        await staleTypeFiles(root, files),
      )
    }
    const domains = writeDomains(root, generated)
    const needed = only === undefined ? undefined : graph.closure(only)
    const migrations = order.filter((step) => needed?.has(step.domain) ?? true).length
    return typesReport({ domains, migrations, elapsedMs: performance.now() - startedAt })
  },
})
