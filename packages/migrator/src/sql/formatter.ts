/** The library that lays out SQL. In a bundle, bundled/formatter.ts stands for this module. */
import { locatePackage } from '../optional-package.ts'

locatePackage('sql-formatter')
const { format } = await import('sql-formatter')

/** Throws if the library cannot read the statement. */
export const layOut = (sql: string): string => format(sql, { language: 'postgresql', expressionWidth: 100 })
