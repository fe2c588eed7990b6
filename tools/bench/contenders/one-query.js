// The floor: a Node process that imports pg and sends the text of a file as one query. one-query.js URL FILE
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'

enableCompileCache()
const [url, file] = process.argv.slice(2)
const { default: pg } = await import('pg')
const client = new pg.Client({ connectionString: url })
await client.connect()
await client.query(readFileSync(file, 'utf8'))
await client.end()
