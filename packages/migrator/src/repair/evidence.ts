/**
 * Whether the database agrees that a migration is done, or that nothing of it is left. Indexes, tables, views, sequences and types can be
 * looked up; what VACUUM and the like did cannot, and that is said. Nobody is believed where the database says otherwise.
 */
import type { Client } from '../database/connect.ts'
import { indexState, invalidIndexes } from '../database/index-state.ts'
import { sessionText } from '../database/lock.ts'
import { sendAll } from '../database/pipeline.ts'
import { aloneKind } from '../sql/alone-kind.ts'
import { type IndexBuild, indexBuild } from '../sql/index-build.ts'
import { quoted } from '../sql/names.ts'
import { statement } from '../statement.ts'
import type { Planned } from '../workspace/workspace.ts'
import { detachedBy, detachFact } from './detached.ts'
import type { Fact, Look } from './fact.ts'
import { type MadeObject, objectsMade } from './objects-made.ts'

/** Needs an open transaction that may write, and leaves nothing in it. Throws the server's errors. */
export async function evidenceOf(client: Client, step: Planned, look: Look): Promise<Fact[]> {
  const { statements } = step.render.up
  const builds = statements.flatMap(({ sql }) => indexBuild(sql) ?? [])
  const facts: Fact[] = []
  for (const build of builds) facts.push(await indexFact(client, build, step, look))
  for (const detached of detachedBy(step)) facts.push(await detachFact(client, detached, step, look))
  const { objects, unseen } = objectsMade(step)
  for (const object of objects) facts.push(await objectFact(client, object, step, look))
  if (isReindex(step))
    facts.push(...(await leftHalfDone(client)).filter(({ text }) => /_cc(?:new|old)\d*"? is/.test(text)))
  const [first] = unseen
  if (first === undefined) return facts
  const others = unseen.length === 1 ? '' : ` (and ${unseen.length - 1} more)`
  return [
    ...facts,
    { says: 'unknown', text: `nothing in the database shows whether this was run: ${firstWords(first)}${others}` },
  ]
}

/** What may be left of a migration whose text is not known here. */
export async function leftHalfDone(client: Client): Promise<Fact[]> {
  const [answer] = await sendAll(client, [invalidIndexes])
  return answer!.rows.map(({ name }) => ({
    says: 'contradicts',
    text: `${name} is INVALID or being detached, and may be what is left of it`,
    remedy: `If it is an index that nothing needs: drop index concurrently ${name}`,
  }))
}

async function indexFact(client: Client, build: IndexBuild, { id }: Planned, look: Look): Promise<Fact> {
  const { schema = 'public', name: table } = build.table
  const tableName = `${quoted(schema)}.${quoted(table)}`
  if (look.hold) await holdTable(client, tableName)
  const state = await indexState(client, build, 'in a transaction')
  const name = quoted(build.name)
  const isUndone = look.expected === 'undone'
  if (state === undefined)
    return {
      says: isUndone ? 'agrees' : 'contradicts',
      text: `there is no index ${name}`,
      remedy: 'To build it: npx nx run migrator:up',
    }
  if (state.isUndecided)
    return {
      says: 'contradicts',
      text: `${name} is there, and whether it is the index that the migration builds could not be found out: ${state.wanted}`,
      remedy: `Run this again as a role that owns ${tableName} and may make temporary tables.`,
    }
  if (!state.isSame)
    return {
      says: isUndone ? 'agrees' : 'contradicts',
      text: `${name} is there and is not what the migration builds: ${state.definition ?? `a ${state.kind}`}`,
      remedy: 'If nothing needs it, rename or drop it, then: npx nx run migrator:up',
    }
  if (!state.isValid && state.builders.length > 0)
    return {
      says: 'contradicts',
      text: `the index ${name} is INVALID, and may be under construction by ${state.builders.map(sessionText).join(' and ')}`,
      remedy: 'Wait until that session is done, then look again: npx nx run migrator:status',
    }
  if (!state.isValid)
    return {
      says: 'contradicts',
      text: `the index ${name} is INVALID: its build did not finish`,
      remedy:
        'npx nx run migrator:up drops it and builds it again. ' +
        `To drop it yourself: drop index concurrently ${quoted(schema)}.${name}`,
    }
  return {
    says: isUndone ? 'contradicts' : 'agrees',
    text: `the index ${name} is there, is valid, and is the one that the migration builds`,
    remedy: `npx nx run migrator:up records it as done. So does: npx veza-migrator repair ${id} --mark-done --reason "why"`,
  }
}

async function holdTable(client: Client, table: string): Promise<void> {
  const [there] = await sendAll(client, [statement('select to_regclass($1) is not null as there', table)])
  if (there!.rows[0]!.there)
    await sendAll(client, [statement(`lock table only ${table} in share update exclusive mode`)])
}

async function objectFact(client: Client, object: MadeObject, { id, transaction }: Planned, look: Look): Promise<Fact> {
  const { kind, schema, name, is } = object
  const find = kind === 'type' ? 'to_regtype' : 'to_regclass'
  const qualified = `${quoted(schema)}.${quoted(name)}`
  const [answer] = await sendAll(client, [
    statement(
      `select ${find}($1) is not null as there,
  exists (select from pg_index where indexrelid = to_regclass($1) and not (indisvalid and indisready and indislive)) as "isInvalid"`,
      qualified,
    ),
  ])
  const { there, isInvalid } = answer!.rows[0] as { there: boolean; isInvalid: boolean }
  if (isInvalid && is === 'dropped')
    return {
      says: 'contradicts',
      text: `the index ${quoted(name)} is INVALID: it was not dropped to the end`,
      remedy: 'npx nx run migrator:up drops it.',
    }
  const verb = is === 'created' ? 'creates' : 'drops'
  const agrees = there === ((is === 'created') === (look.expected === 'done'))
  return {
    says: agrees ? 'agrees' : 'contradicts',
    text: there
      ? `the ${kind} ${quoted(name)}, which it ${verb}, is there`
      : `there is no ${kind} ${quoted(name)}, which it ${verb}`,
    remedy: transaction
      ? `${look.expected === 'done' ? 'Complete' : 'Undo'} it by hand, then run this again.`
      : look.expected === 'done'
        ? 'To run it again: npx nx run migrator:up'
        : `What fits: npx veza-migrator repair ${id} --mark-done --reason "why"`,
  }
}

const isReindex = ({ render }: Planned): boolean => render.up.statements.some(({ sql }) => aloneKind(sql) === 'reindex')

const firstWords = (sql: string): string => {
  const [line = ''] = sql.trim().split('\n')
  return line.length > 80 ? `${line.slice(0, 77)}...` : line
}
