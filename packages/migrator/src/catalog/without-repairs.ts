/**
 * A catalogue without public.migration_repairs, which no migration makes and which every database may or may not have. A table of that
 * name with other columns is not the migrator's, and stays.
 */
import { REPAIR_COLUMNS, REPAIRS_TABLE } from '../database/own-tables.ts'
import { HOME } from './place.ts'
import type { Catalog, Table } from './types.ts'

export const withoutRepairs = (catalog: Catalog): Catalog => ({
  ...catalog,
  tables: catalog.tables.filter((table) => !isRepairs(table)),
})

const isRepairs = ({ schema = HOME, name, columns }: Table): boolean =>
  schema === HOME &&
  name === REPAIRS_TABLE &&
  REPAIR_COLUMNS.every((wanted) => columns.some((column) => column.name === wanted))
