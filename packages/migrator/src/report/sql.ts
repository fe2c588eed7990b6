/** What `sql` wrote, or with `--check` found stale → its report. Pure. */
import type { Report } from '../verb.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { SqlFile, StaleSqlFile } from './sql-folder.ts'

export interface SqlWritten {
  readonly order: readonly Planned[]
  readonly files: readonly SqlFile[]
  /** The stale files, which were written; with `check` they were left as they are. */
  readonly stale: readonly StaleSqlFile[]
  readonly check: boolean
  /** The folder as the user typed it. */
  readonly out: string
  /** The same folder as an absolute path. */
  readonly folder: string
}

export function sqlReport(written: SqlWritten): Report {
  const { order, files, stale, check, folder } = written
  const dynamic = order.filter(({ render }) => render.up.dynamic || render.down.dynamic).map(({ id }) => id)
  return {
    lines: ({ paint }) => [
      ...(check ? stale : []).map(({ name, why }) => `${paint('yellow', why.padEnd(9))}  ${name}`),
      ...dynamic.map((id) => `${id} depends on data: its file holds only what it does where it finds nothing.`),
      conclusion(written),
    ],
    document: { command: 'sql', check, out: folder, files: files.map(({ name }) => name), stale, dynamic },
    exitCode: check && stale.length > 0 ? 1 : 0,
  }
}

function conclusion({ files, stale, check, out }: SqlWritten): string {
  if (!check) return `${files.length} files in ${out}, ${stale.length} of them changed.`
  if (stale.length === 0) return `${files.length} files in ${out} are up to date.`
  const again = `Write them again: npx nx run migrator:sql --out ${out}`
  return `${stale.length} of ${files.length} files in ${out} are stale. ${again}`
}
