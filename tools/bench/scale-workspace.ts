/**
 * Generates a workspace of any size. Each domain depends on up to three earlier domains. Each migration makes a table that follows the
 * conventions and refers to a table of the same domain and to a table of a domain that it depends on.
 */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const padded = (number: number): string => String(number).padStart(3, '0')
const nameOf = (domain: number): string => `d${padded(domain)}`
const tableOf = (domain: number, migration: number): string => `t${padded(domain)}_${padded(migration)}`

export interface Size {
  readonly domains: number
  readonly migrations: number
}

/** Writes the workspace without a migrations.lock and returns the path of its folder. */
export function generateWorkspace({ domains, migrations }: Size): string {
  const root = mkdtempSync(join(tmpdir(), 'veza-check-scale-'))
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction')
  write('package.json', JSON.stringify({ private: true, type: 'module', workspaces: ['packages/*'] }))
  for (let domain = 0; domain < domains; domain++) {
    const below = [...new Set([0, domain >> 1, domain - 1])].filter((other) => other >= 0 && other < domain)
    const folder = `packages/${nameOf(domain)}-schema`
    const dependencies = Object.fromEntries(below.map((other) => [`@scale/${nameOf(other)}-schema`, '0.0.0']))
    const name = `@scale/${nameOf(domain)}-schema`
    write(
      `${folder}/package.json`,
      JSON.stringify({ name, type: 'module', nx: { tags: ['kind:domain'] }, dependencies }),
    )
    for (let migration = 1; migration <= migrations; migration++) {
      const path = `${folder}/src/migrations/${padded(migration)}_step.ts`
      write(path, domain === 0 && migration === 1 ? conventions() : tableSource(domain, migration, below))
    }
  }
  return root
}

/** The conventions need the first migration of the core domain, so the generated workspace exports it again. */
const conventions = (): string =>
  `export * from ${JSON.stringify(join(repository, 'packages/core-schema/src/migrations/001_conventions.ts'))}\n`

function tableSource(domain: number, migration: number, below: readonly number[]): string {
  const table = tableOf(domain, migration)
  const isFirst = migration === (domain === 0 ? 2 : 1)
  const other = below[migration % below.length]
  const references = {
    ...(isFirst ? {} : { own_id: tableOf(domain, migration - 1) }),
    ...(other === undefined ? {} : { other_id: tableOf(other, 2) }),
  }
  const columns = Object.entries(references).map(
    ([column, to]) => `${column}: references('${to}', 'cascade').notNull(),`,
  )
  const indexes = Object.keys(references).map((column) => `${column}: index('${column}'),`)
  return `import { dropTables, index, record, references, text } from '@veza/core-schema/conventions'
export const about = 'the table ${table}'
export async function up(db: any): Promise<void> {
  await record(db, '${table}', 'A thing of the kind ${table}.', {
    columns: { name: text(100).notNull(), note: text(), ${columns.join(' ')} },
    indexes: { name: index('name'), ${indexes.join(' ')} },
  })
}
export async function down(db: any): Promise<void> {
  await dropTables(db, '${table}')
}
`
}
