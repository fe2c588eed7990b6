/**
 * Makes a database when it is missing, without a connection when it is known to be there: its object id is noted in the data folder,
 * and as long as `base/<oid>` exists nobody has dropped it. The driver is loaded only when there is something to do.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoted } from '../sql/names.ts'

export async function ensureDatabase(fields: { data: string; url: string; name: string }): Promise<void> {
  // Every cluster has this one.
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
