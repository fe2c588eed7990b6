/**
 * What stands under the name of an index that a migration builds, and whether it is the index that the migration's statement builds.
 * The second is not read from the text: PostgreSQL builds the same index on an empty temporary table of the same columns, in a transaction
 * that is rolled back, and both are compared as the server writes them.
 */
import type { IndexBuild } from '../sql/index-build.ts'
import { quoted } from '../sql/names.ts'
import { type Statement, statement } from '../statement.ts'
import type { Client } from './connect.ts'
import { type Session, sessionColumns, toSession } from './lock.ts'
import { sendAll } from './pipeline.ts'

export interface IndexState {
  /** `index`, `table`, `view`, `sequence` or another word for what has the name. */
  readonly kind: string
  /** The table of the index; undefined if it is no index. */
  readonly table: string | undefined
  /** As the server writes it; undefined if it is no index. */
  readonly definition: string | undefined
  readonly isValid: boolean
  /** Whether it is on the table that the statement names, and of the same definition. */
  readonly isSame: boolean
  /** It is on that table, and whether it has the same definition could not be found out: nobody may take it for another index. */
  readonly isUndecided: boolean
  /** What the statement builds, as the server writes it, or why that could not be found out. */
  readonly wanted: string
  /** Other sessions that may be building it at the moment. */
  readonly builders: readonly Session[]
}

export const indexName = ({ name, table }: IndexBuild): string => `${quoted(table.schema ?? 'public')}.${quoted(name)}`
const tableName = ({ table }: IndexBuild): string => `${quoted(table.schema ?? 'public')}.${quoted(table.name)}`

const facts = (build: IndexBuild): Statement =>
  statement(
    `select case c.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view' when 'm' then 'materialized view'
    when 'S' then 'sequence' when 'i' then 'index' when 'I' then 'index' else 'relation' end as kind,
  i.indrelid::regclass::text as "table", pg_get_indexdef(i.indexrelid) as definition,
  coalesce(i.indisvalid and i.indisready and i.indislive, false) as is_valid, i.indrelid = to_regclass($2) as is_of_table
from pg_class c left join pg_index i on i.indexrelid = c.oid where c.oid = to_regclass($1)`,
    indexName(build),
    tableName(build),
  )

/**
 * A build keeps the table from every other one, so a session that does may be building. Autovacuum does so as well and builds nothing; a user
 * who may not see what another session is takes it for one that builds.
 */
const builders = (build: IndexBuild): Statement =>
  statement(
    `select ${sessionColumns} from pg_stat_activity a where a.backend_type is distinct from 'autovacuum worker' and a.pid <> pg_backend_pid() and a.pid in (
  select l.pid from pg_locks l where l.relation = to_regclass($1) and l.granted and l.mode in ('ShareUpdateExclusiveLock', 'ShareLock')
    and l.database = (select oid from pg_database where datname = current_database()))`,
    tableName(build),
  )

/** Indexes that are not valid, and partitions whose detaching is pending. */
export const invalidIndexes: Statement =
  statement(`select indexrelid::regclass::text as name from pg_index where not (indisvalid and indisready and indislive)
union all select inhrelid::regclass::text from pg_inherits where inhdetachpending`)

const PROBE = 'veza_index_probe'

/** How the probe is wrapped: inside a transaction that goes on, or in one of its own. */
const WRAPPINGS = {
  'in a transaction': [`savepoint ${PROBE}`, `rollback to savepoint ${PROBE}; release savepoint ${PROBE}`],
  'on its own': ['begin', 'rollback'],
} as const

/** Returns undefined if nothing has the name. Throws the server's errors, but for those of the comparison. */
export async function indexState(
  client: Client,
  build: IndexBuild,
  wrapping: keyof typeof WRAPPINGS,
): Promise<IndexState | undefined> {
  const [found, busy] = await sendAll(client, [facts(build), builders(build)])
  const row = found!.rows[0]
  if (row === undefined) return undefined
  const { kind, table, definition, is_valid, is_of_table } = row
  const wanted = await wantedDefinition(client, build, WRAPPINGS[wrapping])
  return {
    kind,
    table: table ?? undefined,
    definition: definition ?? undefined,
    isValid: is_valid,
    isSame: is_of_table === true && wanted.isKnown && shape(definition) === shape(wanted.text),
    isUndecided: is_of_table === true && !wanted.isKnown,
    wanted: wanted.text,
    builders: busy!.rows.map(toSession),
  }
}

interface Wanted {
  readonly isKnown: boolean
  readonly text: string
}

async function wantedDefinition(
  client: Client,
  build: IndexBuild,
  [open, close]: readonly [string, string],
): Promise<Wanted> {
  const texts = [
    open,
    `create temporary table ${PROBE} (like ${tableName(build)})`,
    build.on(`pg_temp.${PROBE}`),
    `select pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = 'pg_temp.${PROBE}'::regclass`,
  ]
  try {
    const answers = await sendAll(
      client,
      texts.map((sql) => statement(sql)),
    )
    return { isKnown: true, text: renamed(answers[3]!.rows[0].definition, build) }
  } catch (error) {
    return { isKnown: false, text: `not known (${(error as Error).message})` }
  } finally {
    await sendAll(client, [statement(close)])
  }
}

const NAME = String.raw`(?:"(?:[^"]|"")*"|[^\s".]+)`
const DEFINITION = new RegExp(
  String.raw`^CREATE (UNIQUE )?INDEX ${NAME} ON (?:ONLY )?(?:${NAME}\.)?${NAME} (USING .*)$`,
  's',
)

/** A definition without the names of the index and of its table. */
function shape(definition: string): string {
  const found = DEFINITION.exec(definition)
  return found === null ? definition : `${found[1] ?? ''}${found[2]}`
}

/** The definition of the probe, as if it were that of the index itself. */
function renamed(definition: string, build: IndexBuild): string {
  const [, unique = '', rest = definition] = DEFINITION.exec(definition) ?? []
  return `CREATE ${unique}INDEX ${quoted(build.name)} ON ${tableName(build)} ${rest}`
}
