/** What one rule finds in a schema that V1 does not know, on a real server. */

import { readCatalog } from '../src/catalog/read.ts'
import type { Catalog } from '../src/catalog/types.ts'
import type { Client } from '../src/database/connect.ts'
import type { RuleFinding } from '../src/rules/finding.ts'
import { runRules } from '../src/rules/run.ts'

/** The catalogue after this SQL, which is rolled back. */
export async function catalogAfter(client: Client, sql: string, schemas?: readonly string[]): Promise<Catalog> {
  await client.query('begin')
  try {
    await client.query(sql)
    return await readCatalog(client, schemas && { schemas })
  } finally {
    await client.query('rollback')
  }
}

/** The findings of one rule after this SQL; no table is in V1. */
export async function findingsOf(client: Client, rule: string, sql: string): Promise<RuleFinding[]> {
  const catalog = await catalogAfter(client, sql)
  return runRules(catalog, { v1: { ...catalog, tables: [] } }).filter((finding) => finding.rule === rule)
}

/** `table.column: found` of each. */
export const told = (findings: readonly RuleFinding[]): string[] =>
  findings.map(({ table, column, found }) => `${table}.${column}: ${found}`)
