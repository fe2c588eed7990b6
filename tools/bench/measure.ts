/**
 * Scenario × contender × run → samples. Contenders take turns within each round, so that other load on the machine affects all alike.
 * The first round warms up the file, compile and rendering caches; its result is checked and not counted.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { EmbeddedServer } from '../../packages/migrator/src/embedded/server.ts'
import { spec } from '../../packages/migrator/test/v1/parse-spec.ts'
import { type TcpProxy, tcpProxy } from '../tcp-proxy/index.ts'
import type { Contender, ContenderName, State } from './contenders.ts'
import type { Databases } from './databases.ts'

export interface Scenario {
  /** `v1-loopback`, `nothing-20ms`. */
  readonly name: string
  readonly state: State
  readonly delayMs: number
}

/** One whole process, from spawn to exit. */
export interface Sample {
  readonly scenario: string
  readonly contender: ContenderName
  readonly elapsedMs: number
  /** Undefined on loopback, where round trips are not counted. */
  readonly roundTrips: number | undefined
}

export interface Plan {
  readonly server: EmbeddedServer
  readonly databases: Databases
  readonly contenders: readonly Contender[]
  readonly scenarios: readonly Scenario[]
  readonly runs: number
  onRound(round: number): void
  /** Ends the measuring with an error before the next run, so that the server is stopped. */
  readonly signal: AbortSignal
}

export async function measure(plan: Plan): Promise<Sample[]> {
  const { server, databases, contenders, scenarios, runs, signal } = plan
  const migrated = await migratedTemplates(plan)
  const samples: Sample[] = []
  for (let round = 0; round <= runs; round++) {
    plan.onRound(round)
    for (const scenario of scenarios) {
      await using proxy = scenario.delayMs > 0 ? await tcpProxy(server.url, { delayMs: scenario.delayMs }) : undefined
      for (const contender of contenders) {
        signal.throwIfAborted()
        const template = scenario.state === 'nothing' ? migrated.get(contender.name) : undefined
        const database = await databases.create({ ...(template && { template }) })
        contender.prepare?.()
        const sample = await runOnce(contender, scenario, urlOf(server, database, proxy), proxy)
        if (round === 0) await assertV1(databases, database, contender)
        else samples.push(sample)
        await databases.drop(database)
      }
    }
  }
  return samples
}

/** The databases in which nothing is pending. Each contender makes its own, with its own history; the floor reads this migrator's. */
async function migratedTemplates({ server, databases, contenders }: Plan): Promise<Map<ContenderName, string>> {
  const templates = new Map<ContenderName, string>()
  for (const contender of contenders) {
    const maker =
      contender.name === 'floor' ? (contenders.find(({ name }) => name === 'migrator') as Contender) : contender
    const database = await databases.create()
    await runProcess(maker.command({ url: server.urlFor(database), state: 'v1' }))
    await assertV1(databases, database, maker)
    templates.set(contender.name, database)
  }
  return templates
}

/** Checks that the contender has made all tables of V1: one that does less work would win. */
async function assertV1(databases: Databases, database: string, { what }: Contender): Promise<void> {
  const tables = await databases.tables(database)
  if (tables < spec.tables.length)
    throw new Error(`${what} ended well and left ${tables} tables; V1 has ${spec.tables.length}`)
}

async function runOnce(
  contender: Contender,
  { name, state }: Scenario,
  url: string,
  proxy: TcpProxy | undefined,
): Promise<Sample> {
  const before = proxy?.roundTrips ?? 0
  const elapsedMs = await runProcess(contender.command({ url, state }))
  return { scenario: name, contender: contender.name, elapsedMs, roundTrips: proxy && proxy.roundTrips - before }
}

function urlOf(server: EmbeddedServer, database: string, proxy: TcpProxy | undefined): string {
  const url = new URL(server.urlFor(database))
  if (proxy !== undefined) url.port = String(proxy.port)
  return url.href
}

/** The environment without the variables that would choose another database or change how Node starts. */
const { DATABASE_URL, NODE_COMPILE_CACHE, NODE_OPTIONS, ...environment } = process.env

async function runProcess(args: readonly string[]): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env: environment })
  const said = text(child.stderr)
  const [exitCode] = await once(child, 'exit')
  const elapsedMs = performance.now() - startedAt
  if (exitCode !== 0) throw new Error(`node ${args.join(' ')}\nended with exit code ${exitCode}:\n${await said}`)
  return elapsedMs
}
