/**
 * Makes a database if it is missing. If the database is known to exist, no connection is needed: its object id is noted in the data folder,
 * and the database exists as long as `base/<oid>` does. The driver is loaded only if a connection is needed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoted } from '../sql/names.ts'

export async function ensureDatabase(fields: { data: string; url: string; name: string }): Promise<void> {
  // initdb makes the database postgres in every cluster.
  if (fields.name === 'postgres') return
  const note = join(fields.data, 'veza-databases.json')
  const known = read(note)
  const oid = known[fields.name]
  if (oid !== undefined && existsSync(join(fields.data, 'base', oid))) return
  const made = await createWhenMissing(fields)
  writeFileSync(note, `${JSON.stringify({ ...known, [fields.name]: made })}\n`)
}

async function createWhenMissing({ url, name }: { url: string; name: string }): Promise<string> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url, application_name: 'veza-migrator' })
  await client.connect()
  try {
    const find = async () => {
      const found = await client.query<{ oid: string }>('SELECT oid::text FROM pg_database WHERE datname = $1', [name])
      return found.rows[0]?.oid
    }
    const before = await find()
    if (before !== undefined) return before
    await client.query(`CREATE DATABASE ${quoted(name)}`)
    return (await find()) ?? ''
  } finally {
    await client.end()
  }
}

function read(note: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(note, 'utf8'))
  } catch {
    return {}
  }
}
