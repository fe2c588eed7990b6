// Kysely's own Migrator over the same migrations: kysely-migrator.js URL PLAN, where PLAN is a JSON file with the migrations in order.
// Plain JavaScript, like the migrator's entry: nothing is stripped before the compile cache is on.
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { pathToFileURL } from 'node:url'

enableCompileCache()
const [url, plan] = process.argv.slice(2)
const migrations = JSON.parse(readFileSync(plan, 'utf8'))
const [{ Kysely, PostgresDialect }, { Migrator }, { default: pg }] = await Promise.all([
  import('kysely'),
  import('kysely/migration'),
  import('pg'),
])
const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }) })
const provider = {
  getMigrations: async () =>
    Object.fromEntries(
      await Promise.all(migrations.map(async ({ name, file }) => [name, await import(pathToFileURL(file).href)])),
    ),
}
const { error } = await new Migrator({ db, provider }).migrateToLatest()
await db.destroy()
if (error) throw error
