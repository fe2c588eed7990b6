/**
 * Migration → statements, without a database: the migration runs against a Kysely whose driver only records.
 * A migration that asked for no rows is static: exactly the recorded statements are run. One that asked for rows is dynamic and runs live.
 */
import { readFileSync } from 'node:fs'
import { setImmediate as immediate } from 'node:timers/promises'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import { endsCommand } from '../errors.ts'
import { concurrentIndex } from '../sql/objects.ts'
import { transactionControl } from '../sql/transaction-control.ts'
import type { Statement } from '../statement.ts'
import { checksumOf } from './checksum.ts'
import { LateStatementError, RenderError, TransactionControlError, UnnamedConcurrentIndexError } from './errors.ts'
import type { Migration, Step } from './load.ts'
import { assertOneStatement } from './one-statement.ts'

export interface Rendering {
  readonly statements: readonly Statement[]
  /** True if the step asked the database for something: its statements then depend on data, and `statements` are those for no rows. */
  readonly dynamic: boolean
}

export interface Rendered extends Migration {
  readonly render: { readonly up: Rendering; readonly down: Rendering }
  /** SHA-256 in lower-case hex over the renderings of up and down. */
  readonly checksum: string
}

class TransactionAttempt extends Error {
  readonly statement: string
  constructor(statement: string) {
    super(statement)
    this.statement = statement
  }
}

class Recorder implements Driver, DatabaseConnection {
  readonly statements: Statement[] = []
  dynamic = false
  /** A statement that comes while the state is `closing` is noted, and one after that throws. In both cases an await is missing. */
  state: 'recording' | 'closing' | 'closed' = 'recording'
  late: string | undefined

  async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
    if (this.state !== 'recording') return this.#tooLate(sql)
    const control = transactionControl(sql)
    if (control !== undefined) throw new TransactionAttempt(control)
    this.statements.push({ sql, parameters })
    if (query.kind === 'SelectQueryNode') this.dynamic = true
    return this.#emptyAnswer<R>()
  }

  #tooLate(sql: string): Promise<never> {
    if (this.state === 'closed') throw new LateStatementError({ statement: sql.slice(0, 80) })
    this.late ??= sql.slice(0, 80)
    return new Promise(() => {})
  }

  /** Marks the step as dynamic when it reads the rows or the count of changed rows. Kysely passes the count on without reading it. */
  #emptyAnswer<R>(): QueryResult<R> {
    const look = () => {
      this.dynamic = true
    }
    const count = {
      [Symbol.toPrimitive]() {
        look()
        return 0n
      },
    } as unknown as bigint
    return {
      get rows(): R[] {
        look()
        return []
      },
      numAffectedRows: count,
    }
  }

  // biome-ignore lint/correctness/useYield: a recording has no rows to yield
  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    this.dynamic = true
    this.statements.push({ sql: query.sql, parameters: query.parameters })
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this
  }
  async beginTransaction(): Promise<void> {
    throw new TransactionAttempt('begin')
  }
  async init(): Promise<void> {}
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

/** Records the statements of `step`. Throws what the step throws, unless it is dynamic, and LateStatementError. */
export async function record(step: Step): Promise<Rendering> {
  const recorder = new Recorder()
  const db = new Kysely<any>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => recorder,
      createIntrospector: (database) => new PostgresIntrospector(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  try {
    await step(db)
  } catch (error) {
    // Code that reads rows may fail because there are none. The step is then dynamic, and its own error means nothing.
    if (error instanceof TransactionAttempt || endsCommand(error) || !recorder.dynamic) throw error
  }
  recorder.state = 'closing'
  await immediate()
  recorder.state = 'closed'
  if (recorder.late !== undefined) throw new LateStatementError({ statement: recorder.late })
  return { statements: recorder.statements, dynamic: recorder.dynamic }
}

/** Throws RenderError, TransactionControlError, UnnamedConcurrentIndexError, AloneStatementsError, DynamicAloneError. */
export async function renderMigration(migration: Migration): Promise<Rendered> {
  const rendering = async (direction: 'up' | 'down'): Promise<Rendering> => {
    const step = migration[direction]
    if (step === undefined) return { statements: [], dynamic: false }
    try {
      const rendering = await record(step)
      const unnamed = rendering.statements.find(({ sql }) => concurrentIndex(sql)?.names.length === 0)
      if (unnamed) throw new UnnamedConcurrentIndexError({ id: migration.id, statement: unnamed.sql.slice(0, 80) })
      return rendering
    } catch (error) {
      if (error instanceof TransactionAttempt) {
        throw new TransactionControlError({ id: migration.id, statement: error.statement })
      }
      if (error instanceof UnnamedConcurrentIndexError || endsCommand(error)) throw error
      throw new RenderError({ id: migration.id, direction }, error)
    }
  }
  const render = { up: await rendering('up'), down: await rendering('down') }
  assertOneStatement({ ...migration, render })
  const checksum = checksumOf({ ...migration, render }, () => readFileSync(migration.file, 'utf8'))
  return { ...migration, render, checksum }
}
