/**
 * Counts rows and values, exactly where that is quick. A count reads in a transaction of its own, waits for nobody, and is given up after
 * a while: then the server's estimate is said, as one.
 */
import { type Client, isConnectionLoss, sqlState } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import { type RowEstimate, readRowEstimates, type TableName } from '../database/row-estimates.ts'
import { reason } from '../errors.ts'
import { quoted } from '../sql/names.ts'
import { statement } from '../statement.ts'

export type Count =
  | { readonly kind: 'exact'; readonly count: number }
  | { readonly kind: 'about'; readonly count: number; readonly why: string }
  /** Nobody knows how many; `bytes` is what they take, where that is known. */
  | { readonly kind: 'unknown'; readonly why: string; readonly bytes?: number }

export interface CountLimits {
  /** How long one count may take. */
  readonly eachMs: number
  /** How long all counts together may take; then only estimates follow. */
  readonly allMs: number
}

export const COUNT_LIMITS: CountLimits = { eachMs: 2000, allMs: 15_000 }
const LOCK_TIMEOUT_MS = 200

const WHY: Readonly<Record<string, string>> = {
  '57014': 'counting took too long',
  '55P03': 'another session has locked it',
  '42501': 'this user may not read it',
}

/** A table, and the columns whose values are counted with its rows. */
export interface Counted {
  readonly table: TableName
  readonly columns: readonly string[]
}

export class Counter {
  readonly #client: Client
  readonly #limits: CountLimits
  readonly #deadline: number
  readonly #counts = new Map<string, ReadonlyMap<string, Count>>()

  constructor(client: Client, limits: CountLimits) {
    this.#client = client
    this.#limits = limits
    this.#deadline = performance.now() + limits.allMs
  }

  /**
   * Counts the rows and values of these tables, each table once and the smallest first, so that one that is too large leaves time for the
   * others. All estimates are read in one query.
   */
  async countAll(tables: readonly Counted[]): Promise<void> {
    const estimates = await readRowEstimates(
      this.#client,
      tables.map(({ table }) => table),
    )
    const sized = tables.map((one, index) => ({ ...one, estimate: estimates[index] }))
    for (const one of sized.sort((a, b) => (a.estimate?.rows ?? 0) - (b.estimate?.rows ?? 0)))
      this.#counts.set(keyOf(one.table), await this.#countTable(one, one.estimate))
  }

  /** The rows of a table that was counted as `''`, and the values that are not NULL of each of its columns. */
  of(table: TableName): ReadonlyMap<string, Count> | undefined {
    return this.#counts.get(keyOf(table))
  }

  async #countTable({ table, columns }: Counted, estimate: RowEstimate | undefined): Promise<Map<string, Count>> {
    const wanted = ['count(*)', ...columns.map((name) => `count(${quoted(name)})`)]
    const list = wanted.map((sql, index) => `${sql}::float8 as c${index}`).join(', ')
    const names = ['', ...columns]
    const answer = await this.#ask(`select ${list} from ${quoted(table.schema)}.${quoted(table.name)}`)
    if ('row' in answer)
      return new Map(names.map((name, index) => [name, { kind: 'exact', count: answer.row[`c${index}`] as number }]))
    const bytes = estimate?.rows === null ? await this.#size(table) : undefined
    return new Map(names.map((name) => [name, estimated(estimate, { column: name, why: answer.why, bytes })]))
  }

  /** Undefined where that cannot be asked without waiting: the server opens the table for it. */
  async #size({ schema, name }: TableName): Promise<number | undefined> {
    const sql = `select pg_relation_size('${`${quoted(schema)}.${quoted(name)}`.replaceAll("'", "''")}')::float8 as c0`
    const answer = await this.#ask(sql, LOCK_TIMEOUT_MS * 2)
    return 'row' in answer ? (answer.row.c0 as number) : undefined
  }

  /** The rows that a query after FROM gives. There is no estimate for these. */
  async matching(sql: string): Promise<Count> {
    const answer = await this.#ask(`select count(*)::float8 as c0 from ${sql}`)
    return 'row' in answer ? { kind: 'exact', count: answer.row.c0 as number } : { kind: 'unknown', why: answer.why }
  }

  /** A question that takes at least `leastMs` is asked even when the time for counting is used up. */
  async #ask(sql: string, leastMs = 0): Promise<{ row: Record<string, unknown> } | { why: string }> {
    const left = Math.max(leastMs, Math.min(this.#limits.eachMs, this.#deadline - performance.now()))
    if (left <= 0) return { why: 'counting took too long' }
    try {
      const answers = await sendAll(this.#client, [
        statement('begin read only'),
        // With row level security a count would silently leave rows out; switched off, it is refused instead.
        statement(
          `select set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true), set_config('row_security', 'off', true),
  set_config('search_path', 'public', true), set_config('idle_in_transaction_session_timeout', '10000', true)`,
          String(LOCK_TIMEOUT_MS),
          String(Math.ceil(left)),
        ),
        statement(sql),
        statement('rollback'),
      ])
      return { row: answers[2]!.rows[0] }
    } catch (error) {
      if (isConnectionLoss(this.#client, error)) throw error
      return { why: WHY[sqlState(error) ?? ''] ?? reason(error) }
    }
  }
}

const keyOf = ({ schema, name }: TableName): string => JSON.stringify([schema, name])

interface Asked {
  /** '' for the rows. */
  readonly column: string
  readonly why: string
  readonly bytes: number | undefined
}

function estimated(estimate: RowEstimate | undefined, { column, why, bytes }: Asked): Count {
  if (estimate === undefined) return { kind: 'unknown', why }
  const { rows, nullShare } = estimate
  if (rows === null) return { kind: 'unknown', why, ...(bytes === undefined ? {} : { bytes }) }
  const share = column === '' ? 0 : (nullShare[column] ?? 0)
  return { kind: 'about', count: Math.round(rows * (1 - share)), why }
}
