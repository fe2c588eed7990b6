/**
 * The long way to what a recorded replay says: every object of the database is described before and after each step, and nobody listens to
 * what the statements do. It costs the square of the plan, so `check` does not go it; it is what the short way is held against.
 */
import { installAccess } from '../src/check/access-sql.ts'
import { installDescribe } from '../src/check/describe-sql.ts'
import {
  type Change,
  type DescribedObject,
  type MigrationRecord,
  type RecordedReplay,
  type Reverting,
  toReport,
} from '../src/check/record.ts'
import { installRecorder } from '../src/check/recorder-sql.ts'
import { byName, unrestored } from '../src/check/replay-state.ts'
import type { Client } from '../src/database/connect.ts'
import { sendAll } from '../src/database/pipeline.ts'
import { sessionSettings } from '../src/database/session.ts'
import { statement } from '../src/statement.ts'
import type { Direction } from '../src/workspace/load.ts'
import type { Planned } from '../src/workspace/workspace.ts'

/** Every root that is not PostgreSQL's own nor the recorder's. Of a type that comes with another object, only the other one. */
const describeAll = statement(`
  with everything (class, object) as (
    select 'pg_class'::regclass, oid from pg_class
      where relkind not in ('t', 'c', 'i', 'I') and relnamespace <> 'veza_check'::regnamespace
    union all select 'pg_proc'::regclass, oid from pg_proc p where pronamespace <> 'veza_check'::regnamespace
      and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'i')
    union all select 'pg_type'::regclass, t.oid from pg_type t left join pg_class c on c.oid = t.typrelid
      where typnamespace <> 'veza_check'::regnamespace and typtype <> 'm' and typcategory <> 'A' and coalesce(c.relkind, 'c') = 'c'
    union all select 'pg_namespace'::regclass, oid from pg_namespace where nspname <> 'veza_check'
    union all select 'pg_extension'::regclass, oid from pg_extension
    union all select 'pg_statistic_ext'::regclass, oid from pg_statistic_ext
  ), roots as (
    select distinct r.root_class || ':' || r.root as key from everything cross join lateral veza_check.root_of(class, object) r
    where object >= 16384
  )
  select json_build_object('events', '[]'::json, 'objects', veza_check.objects(array(select key from roots))) as report`)

type Objects = ReadonlyMap<string, DescribedObject>

async function allObjects(client: Client): Promise<Objects> {
  const [answer] = await sendAll(client, [describeAll])
  return new Map(toReport(answer!).objects.map((described) => [described.key, described]))
}

/** On an empty database. */
export async function replayTheLongWay(client: Client, order: readonly Planned[]): Promise<RecordedReplay> {
  await sendAll(
    client,
    [installRecorder, installAccess, installDescribe].map((sql) => statement(sql)),
  )
  const records: MigrationRecord[] = []
  const version = client.serverVersion ?? ''
  const own = new Set<string>()
  for (const migration of order) {
    await sendAll(client, [statement('begin'), sessionSettings({ lockTimeoutMs: 0, statementTimeoutMs: 0 })])
    const before = await allObjects(client)
    const failed = await apply(client, migration, 'up')
    if (failed !== undefined) {
      await sendAll(client, [statement('rollback')])
      return { version, records, own, failure: { migration, ...failed } }
    }
    const after = await allObjects(client)
    await sendAll(client, [statement('set constraints all immediate'), statement('savepoint down')])
    const undone = await apply(client, migration, 'down')
    const reverting =
      undone === undefined ? reverted(before, await allObjects(client)) : { outcome: 'failed', ...undone }
    await sendAll(client, [statement('rollback to savepoint down'), statement('commit')])
    records.push({
      migration,
      changes: changes(before, after),
      objects: [...after.values()],
      reverting: reverting as Reverting,
      notAgain: undefined,
    })
  }
  return { version, records, own, failure: undefined }
}

function reverted(before: Objects, after: Objects): Reverting {
  const differences = unrestored(byName([...before.values()]), byName([...after.values()]))
  return differences.length > 0 ? { outcome: 'differs', differences } : { outcome: 'restored' }
}

async function apply(
  client: Client,
  { render }: Planned,
  direction: Direction,
): Promise<{ statement: number; message: string } | undefined> {
  for (const [index, sent] of render[direction].statements.entries()) {
    try {
      await sendAll(client, [sent])
    } catch (error) {
      return { statement: index + 1, message: (error as Error).message }
    }
  }
  return undefined
}

/** One for each object that came, went or says something else. */
function changes(before: Objects, after: Objects): Change[] {
  const all = [...new Map([...before, ...after]).values()]
  return all.flatMap(({ key, object }): Change[] => {
    const [was, is] = [before.get(key), after.get(key)]
    if (was !== undefined && is !== undefined && textOf(was) === textOf(is)) return []
    const action = was === undefined ? 'create' : is === undefined ? 'drop' : 'alter'
    return [{ step: 'up', statement: 1, action, tag: '', object, schema: null, key, root: key }]
  })
}

const textOf = ({ object, lines }: DescribedObject): string => [object, ...lines].join('\n')
