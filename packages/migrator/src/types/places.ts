/** Where the generated files of a domain are. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Domain } from '../workspace/discover.ts'

/** Relative to the domain's folder. */
export const GENERATED = {
  tables: 'src/tables.generated.ts',
  index: 'src/index.ts',
  schema: 'schema.sql',
} as const

/** Whether a domain's types were ever generated. The index file does not count: it may be written by hand. */
export const isGenerated = ({ folder }: Domain): boolean =>
  [GENERATED.tables, GENERATED.schema].some((file) => existsSync(join(folder, file)))
