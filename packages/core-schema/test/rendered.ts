/** The statements that a piece of a migration executes, recorded without a database. */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'

export async function rendered(step: (db: Kysely<any>) => Promise<void>): Promise<string[]> {
  const statements: string[] = []
  const db = new Kysely<any>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (database) => new PostgresIntrospector(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: (event) => {
      if (event.query.parameters.length > 0) throw new Error(`DDL takes no parameters: ${event.query.sql}`)
      statements.push(event.query.sql)
    },
  })
  await step(db)
  return statements
}
