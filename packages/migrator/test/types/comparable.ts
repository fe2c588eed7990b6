/** A catalogue without what differs between two databases that are the same: oids, estimates, the history of how it came to be. */
import { readCatalog } from '../../src/catalog/read.ts'
import type { Catalog } from '../../src/catalog/types.ts'
import { connect } from '../../src/database/connect.ts'
import { HISTORY_TABLE } from '../../src/database/history.ts'

export function comparable({ tables, views, functions, types, sequences }: Catalog): unknown {
  return {
    tables: tables
      .filter(({ name }) => name !== HISTORY_TABLE)
      .map(({ oid: _oid, estimatedRows: _rows, ...table }) => table),
    views: views.map(({ oid: _oid, ...view }) => view),
    functions: functions.map(({ oid: _oid, ...routine }) => routine),
    types: types.map(({ oid: _oid, ...type }) => type),
    sequences: sequences.map(({ oid: _oid, ...sequence }) => sequence),
  }
}

export async function catalogOf(url: string): Promise<Catalog> {
  const client = await connect(url, 'test')
  try {
    await client.query('begin read only')
    return await readCatalog(client)
  } finally {
    await client.end()
  }
}
