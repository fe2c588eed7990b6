/** What `types` wrote, or with `--check` found stale → its report. Pure. */
import { durationText } from '../report/durations.ts'
import type { Report } from '../verb.ts'
import { staleFactText } from './fact.ts'
import type { StaleFile, WrittenDomain } from './files.ts'

export interface TypesWritten {
  readonly domains: readonly WrittenDomain[]
  /** How many migrations they were generated from, and how long that took. */
  readonly migrations: number
  readonly elapsedMs: number
}

export function typesReport({ domains, migrations, elapsedMs }: TypesWritten): Report {
  const width = Math.max(...domains.map(({ name }) => name.length))
  return {
    lines: ({ paint }) => [
      ...domains.map(({ name, tables, written }) => {
        const count = tables.length === 1 ? ' 1 table ' : `${String(tables.length).padStart(2)} tables`
        const state = written.length === 0 ? paint('dim', 'unchanged') : `wrote ${written.join(', ')}`
        return `${name.padEnd(width)}  ${count}  ${state}`
      }),
      `Generated from ${migrations} migrations in ${durationText(elapsedMs)}.`,
    ],
    document: { command: 'types', check: false, domains },
    exitCode: 0,
  }
}

/** `files`: paths of all files that were compared. */
export const staleReport = (files: readonly string[], stale: readonly StaleFile[]): Report => ({
  lines: ({ paint }) => [
    ...stale.flatMap(({ file, missing, differences }) => [
      `${paint('bold', file)} ${missing ? 'is missing' : 'is stale'}`,
      ...differences.map((difference) => `  ${staleFactText(difference)}`),
    ]),
    stale.length === 0
      ? `${files.length} generated files say what the migrations build.`
      : `${stale.length} of ${files.length} generated files differ. Write them with: npx nx run migrator:types`,
  ],
  document: { command: 'types', check: true, files, stale },
  exitCode: stale.length === 0 ? 0 : 1,
})
