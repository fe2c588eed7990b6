/** Stands for sql/formatter.ts in a bundle: of all dialects, only PostgreSQL's comes with it. */
import { formatDialect, postgresql } from 'sql-formatter'

export const layOut = (sql: string): string => formatDialect(sql, { dialect: postgresql, expressionWidth: 100 })
