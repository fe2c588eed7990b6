/**
 * Domain → the text of its `index.ts`: the entry of the package. All of it follows from package.json and the tables, so it is generated,
 * and a dependency between domains is declared in package.json alone. Code that a team adds to a package has its own subpath in `exports`.
 */
import type { Domain } from '../workspace/discover.ts'
import { pascalCase } from './names.ts'
import { GENERATED_LINE } from './tables-file.ts'

/** `needs` are the domains that it depends on directly, by name. */
export function indexFile(domain: Domain, needs: readonly Domain[]): string {
  const own = pascalCase(domain.name)
  const imports = needs.map(
    ({ name, packageName }) => `import type { ${pascalCase(name)}Database } from '${packageName}'\n`,
  )
  const about =
    needs.length > 0
      ? `The tables of ${domain.name} and of the domains that it builds on`
      : `The tables of ${domain.name}, which builds on no other domain`
  const parts = [`${own}Tables`, ...needs.map(({ name }) => `${pascalCase(name)}Database`)]
  return `${GENERATED_LINE}
${imports.join('')}import type { ${own}Tables } from './tables.generated.ts'

export * from './tables.generated.ts'

/** ${about}: \`new Kysely<${own}Database>(...)\`. */
export type ${own}Database = ${parts.join(' & ')}
`
}
