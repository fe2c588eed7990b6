/** What an undisturbed run and its server say to each other, message by message: the places at which a fault can be done to it. */
import { faultProxy, type Passing } from '../tcp-proxy/fault-proxy.ts'
import { type Message, type Side, sqlOf } from '../tcp-proxy/wire.ts'
import type { Lab, Plan } from './lab.ts'
import { MIXED, ORDINARY } from './plans.ts'
import { startMigrator } from './process.ts'

export interface Place {
  readonly plan: Plan
  readonly direction: 'up' | 'down'
  readonly side: Side
  /** Of the run's own connection, counted from 1 for each side. */
  readonly number: number
  /** How many messages of this side there are. */
  readonly of: number
  readonly kind: string
  readonly bytes: number
  /** The statement that the message belongs to, or that it answers; '' before the first. */
  readonly sql: string
}

const heard = new WeakMap<Lab, Map<string, Promise<readonly Place[]>>>()

/** Of each direction of the two plans that most kinds disturb. */
export async function conversations(lab: Lab): Promise<readonly (readonly Place[])[]> {
  const heard: (readonly Place[])[] = []
  for (const plan of [await lab.plan(ORDINARY), await lab.plan(MIXED)])
    for (const direction of ['up', 'down'] as const) heard.push(await conversation(lab, plan, direction))
  return heard
}

/** The same for every call: it is heard once. */
function conversation(lab: Lab, plan: Plan, direction: Place['direction']): Promise<readonly Place[]> {
  const known = heard.get(lab) ?? new Map<string, Promise<readonly Place[]>>()
  heard.set(lab, known)
  const key = `${plan.name} ${direction}`
  const listening = known.get(key) ?? listen(lab, plan, direction)
  known.set(key, listening)
  return listening
}

async function listen(lab: Lab, plan: Plan, direction: Place['direction']): Promise<readonly Place[]> {
  const heardOf: Record<Side, Message[]> = { client: [], server: [] }
  await using database = await lab.database({ plan, applied: direction === 'up' ? 0 : plan.migrations.length })
  await using proxy = await faultProxy(database.url, (passing) => {
    if (isRun(passing, direction)) heardOf[passing.side].push(passing.message)
    return undefined
  })
  const words = direction === 'up' ? ['up'] : ['down', '--all', '--yes']
  const { exitCode, stderr } = await startMigrator(words, { workspace: plan.root, url: proxy.url, boundMs: 60_000 })
    .ended
  if (exitCode !== 0) throw new Error(`an undisturbed ${direction} of the plan ${plan.name} failed:\n${stderr}`)
  const sent = statementsOf(heardOf.client)
  const places = (side: Side, statements: readonly string[]): Place[] =>
    heardOf[side].map(({ kind, bytes }, at) => ({
      ...{ plan, direction, side, kind },
      ...{ number: at + 1, of: heardOf[side].length, bytes: bytes.length, sql: statements[at] ?? '' },
    }))
  return [...places('client', sent), ...places('server', answersTo(sent, heardOf))]
}

/** For each message of the client the SQL that it belongs to. */
function statementsOf(sent: readonly Message[]): readonly string[] {
  let sql = ''
  return sent.map((message) => {
    sql = sqlOf(message) || sql
    return sql
  })
}

/** The server answers each Query and each Sync with one ReadyForQuery at the end, and says one more at the start of the session. */
function answersTo(sent: readonly string[], { client, server }: Record<Side, readonly Message[]>): readonly string[] {
  const asked = sent.filter((_, at) => client[at]?.kind === 'Q' || client[at]?.kind === 'S')
  let answered = -1
  return server.map(({ kind }) => {
    const sql = asked[answered] ?? ''
    if (kind === 'Z') answered += 1
    return sql
  })
}

/** Whether the message is of the run's own connection, not of one that watches it or asks what became of it. */
const isRun = ({ link }: Passing, direction: Place['direction']): boolean =>
  (link.startup.application_name ?? '').startsWith(`veza-migrator ${direction} `)

/** `message 12 of the client, during "create table people"`. */
export function placeText({ plan, direction, side, number, kind, sql }: Place): string {
  const during = sql === '' ? '' : `, during "${sql.replaceAll(/\s+/g, ' ').slice(0, 50)}"`
  return `${direction} of ${plan.name}, message ${number} (${kind}) of the ${side}${during}`
}

/** Whether this message is the place. */
export const isAt = (passing: Passing, place: Place): boolean =>
  passing.side === place.side && passing.number === place.number && isRun(passing, place.direction)
