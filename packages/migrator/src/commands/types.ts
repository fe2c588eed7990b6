import { existsSync, readFileSync } from 'node:fs'
import { durationText } from '../report/durations.ts'
import type { Output } from '../report/output.ts'
import { type StaleFact, staleFactText } from '../types/fact.ts'
import { absolute, type GeneratedDomain, generate } from '../types/generate.ts'
import type { CommonOptions, Verb } from '../verb.ts'
import { replaceFile } from '../workspace/replace-file.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'

interface TypesOptions extends CommonOptions {
  readonly domain?: string
  readonly check?: boolean
}

const EXAMPLES = `
Examples:
  veza-migrator types                 every domain's src/tables.generated.ts, src/index.ts and schema.sql
  veza-migrator types --domain auth   auth's alone, from its own migrations and those that it needs
  veza-migrator types --check         write nothing; exit code 1 and the tables and columns that differ when a file is stale`

/** Generates each domain's types and schema.sql from a replay of the migrations. Touches no database but a throw-away one. */
export const types: Verb = (command) => {
  command
    .option('--domain <name>', 'only this domain (auth, or its project name auth-schema)')
    .option('--check', 'write nothing; exit code 1 if a file says something else than the migrations')
    .addHelpText('after', EXAMPLES)

  return {
    run: async ({ workspace: from, domain, check = false }: TypesOptions, output, { cwd }) => {
      const startedAt = performance.now()
      const workspace = await openWorkspace(from ?? cwd)
      output.busy('replaying the migrations')
      const only = domain?.replace(/-schema$/, '')
      const generated = await generate(workspace, only)
      if (check) return checkFiles(workspace, generated, output)
      writeFiles(workspace, generated, output)
      const domains = only === undefined ? undefined : workspace.graph.closure(only)
      const replayed = workspace.order.filter((step) => domains?.has(step.domain) ?? true).length
      output.result(`Generated from ${replayed} migrations in ${durationText(performance.now() - startedAt)}.`)
      return undefined
    },
  }
}

function writeFiles(workspace: Workspace, generated: readonly GeneratedDomain[], output: Output): void {
  const width = Math.max(...generated.map(({ domain }) => domain.name.length))
  const domains = generated.map(({ domain, tables, files }) => {
    const written = files.filter((file) => writeChanged(absolute(workspace, file), file.text)).map(({ path }) => path)
    const count = tables.length === 1 ? ' 1 table ' : `${String(tables.length).padStart(2)} tables`
    const state = written.length === 0 ? output.paint('dim', 'unchanged') : `wrote ${written.join(', ')}`
    output.result(`${domain.name.padEnd(width)}  ${count}  ${state}`)
    return { name: domain.name, tables, files: files.map(({ path }) => path), written }
  })
  output.document({ command: 'types', check: false, domains })
}

function checkFiles(workspace: Workspace, generated: readonly GeneratedDomain[], output: Output): 1 | undefined {
  const files = generated.flatMap((one) => one.files)
  const stale = files.flatMap((file) => {
    const path = absolute(workspace, file)
    const found: StaleFact[] | undefined = existsSync(path) ? file.compare(readFileSync(path, 'utf8')) : undefined
    return found?.length === 0 ? [] : [{ file: file.path, missing: found === undefined, differences: found ?? [] }]
  })
  for (const { file, missing, differences } of stale) {
    output.result(`${output.paint('bold', file)} ${missing ? 'is missing' : 'is stale'}`)
    for (const difference of differences) output.result(`  ${staleFactText(difference)}`)
  }
  output.result(
    stale.length === 0
      ? `${files.length} generated files say what the migrations build.`
      : `${stale.length} of ${files.length} generated files differ. Write them with: npx nx run migrator:types`,
  )
  output.document({ command: 'types', check: true, files: files.map(({ path }) => path), stale })
  return stale.length === 0 ? undefined : 1
}

/** Writes only what changes, whole or not at all. Answers whether it did. */
function writeChanged(file: string, text: string): boolean {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false
  replaceFile(file, text)
  return true
}
