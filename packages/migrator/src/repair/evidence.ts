/**
 * Whether the database agrees that a non-transactional migration is done, or that nothing of it is left. Indexes can be looked up; what
 * VACUUM and the like did cannot, and that is said. Nobody is believed where the database says otherwise.
 */
import { type Client, sqlState } from '../database/connect.ts'
import { sendAll } from '../database/pipeline.ts'
import { type IndexBuild, indexBuild } from '../sql/index-build.ts'
import { quoted } from '../sql/names.ts'
import { objectStatement } from '../sql/objects.ts'
import { statements } from '../sql/statements.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'

export interface Fact {
  readonly says: 'agrees' | 'contradicts' | 'unknown'
  /** A sentence without its full stop. */
  readonly text: string
  /** What to do where it contradicts. */
  readonly remedy?: string
}

export interface Look {
  readonly expected: 'done' | 'undone'
  /** Keeps the tables from being changed until the transaction ends. They can be read and written meanwhile. */
  readonly hold: boolean
}

/** Needs an open transaction that may write, and leaves nothing in it. Throws the server's errors. */
export async function evidenceOf(client: Client, step: Planned, look: Look): Promise<Fact[]> {
  const facts: Fact[] = []
  for (const { sql } of step.render.up.statements) {
    const build = indexBuild(sql)
    const found = build === undefined ? undefined : await indexFact(client, build, step, look)
    facts.push(...(found === undefined ? await droppedFacts(client, sql, step, look) : [found]))
  }
  return facts
}

/** INVALID indexes in public: each is left of a build or a drop that did not finish, or is being built by somebody at this moment. */
export async function invalidIndexes(client: Client): Promise<Fact[]> {
  const [answer] = await sendAll(client, [
    statement(`select c.relname::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
where c.relnamespace = 'public'::regnamespace and not i.indisvalid and c.relkind = 'i' order by 1`),
  ])
  return answer!.rows.map(({ name }) => ({
    says: 'contradicts',
    text: `the index ${quoted(name)} is INVALID, and may be what is left of it`,
    remedy: `To drop it: drop index concurrently public.${quoted(name)}`,
  }))
}

async function indexFact(client: Client, build: IndexBuild, { id }: Planned, look: Look): Promise<Fact> {
  const { schema = 'public', name: table } = build.table
  const tableName = `${quoted(schema)}.${quoted(table)}`
  const indexName = `${quoted(schema)}.${quoted(build.name)}`
  const [there] = await sendAll(client, [statement('select to_regclass($1) is not null as there', tableName)])
  if (there!.rows[0]!.there && look.hold)
    await sendAll(client, [statement(`lock table only ${tableName} in share update exclusive mode`)])
  const [found] = await sendAll(client, [
    statement(
      `select c.relkind in ('i', 'I') as "isIndex", i.indisvalid and i.indisready and i.indislive as "isValid",
  pg_get_indexdef(c.oid) as definition, i.indrelid = to_regclass($2) as "isOfTable"
from pg_class c left join pg_index i on i.indexrelid = c.oid where c.oid = to_regclass($1)`,
      indexName,
      tableName,
    ),
  ])
  const index = found!.rows[0] as
    | { isIndex: boolean; isValid: boolean; definition: string; isOfTable: boolean }
    | undefined
  const name = quoted(build.name)
  const isUndone = look.expected === 'undone'
  if (index === undefined)
    return {
      says: isUndone ? 'agrees' : 'contradicts',
      text: `there is no index ${name}`,
      remedy: `To build it: npx nx run migrator:up`,
    }
  const wanted = there!.rows[0]!.there && index.isOfTable ? await definitionOf(client, build, tableName) : undefined
  if (!index.isIndex || wanted === undefined || wanted !== shape(index.definition))
    return {
      says: isUndone ? 'agrees' : 'contradicts',
      text: `${name} is there and is not what the migration builds${index.isIndex ? `: ${index.definition}` : ''}`,
      remedy: `If nothing needs it, rename or drop it, then: npx nx run migrator:up`,
    }
  if (!index.isValid)
    return {
      says: 'contradicts',
      text: `the index ${name} is INVALID: its build did not finish`,
      remedy: `npx nx run migrator:up drops it and builds it again. To drop it yourself: drop index concurrently ${indexName}`,
    }
  return {
    says: isUndone ? 'contradicts' : 'agrees',
    text: `the index ${name} is there, is valid, and is the one that the migration builds`,
    remedy: `What fits: npx veza-migrator repair ${id} --mark-done --reason "why"`,
  }
}

/** The part of a definition that does not name the index and the table. */
const shape = (definition: string): string =>
  `${definition.startsWith('CREATE UNIQUE') ? 'UNIQUE ' : ''}${definition.slice(definition.indexOf(' USING '))}`

/** Of a statement that cannot be right for the table as it is: a column, a function or an operator that is not there. */
const CANNOT_BUILD = /^(42703|42704|42883|42P\d\d|0A000|22...)$/

/** How the server renders the index that the statement builds: it is built on an empty temporary table of the same columns. */
async function definitionOf(client: Client, build: IndexBuild, table: string): Promise<string | undefined> {
  const probe = 'pg_temp.veza_repair_probe'
  await sendAll(client, [statement('savepoint evidence')])
  try {
    const [, , answer] = await sendAll(client, [
      statement(`create temporary table veza_repair_probe (like ${table} including generated)`),
      statement(build.on(probe)),
      statement(`select pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = '${probe}'::regclass`),
    ])
    return shape(answer!.rows[0]!.definition)
  } catch (error) {
    if (!CANNOT_BUILD.test(sqlState(error) ?? '')) throw error
    return undefined
  } finally {
    await sendAll(client, [statement('rollback to savepoint evidence'), statement('release savepoint evidence')])
  }
}

async function droppedFacts(client: Client, sql: string, { id }: Planned, { expected }: Look): Promise<Fact[]> {
  const [words = []] = statements(sql)
  const found = objectStatement(words)
  if (found?.verb !== 'drop' || found.kind !== 'index')
    return [{ says: 'unknown', text: `nothing in the database shows whether this was run: ${firstWords(sql)}` }]
  const facts: Fact[] = []
  for (const { schema = 'public', name } of found.names) {
    const index = `${quoted(schema)}.${quoted(name)}`
    const [answer] = await sendAll(client, [statement('select to_regclass($1) is not null as there', index)])
    const { there } = answer!.rows[0] as { there: boolean }
    facts.push({
      says: there === (expected === 'undone') ? 'agrees' : 'contradicts',
      text: there ? `the index ${quoted(name)}, which it drops, is there` : `there is no index ${quoted(name)}`,
      remedy: there
        ? 'To run it again: npx nx run migrator:up'
        : `What fits: npx veza-migrator repair ${id} --mark-done --reason "why"`,
    })
  }
  return facts
}

const firstWords = (sql: string): string => {
  const [line = ''] = sql.trim().split('\n')
  return line.length > 80 ? `${line.slice(0, 77)}...` : line
}
