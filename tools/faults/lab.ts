/** What every fault needs: a server, databases in a known state, the plans' workspaces, and what each beginning of a plan must look like. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type FixtureWorkspace, fixtureWorkspace } from '../../packages/migrator/test/fixture-workspace.ts'
import { digest } from './digest.ts'
import type { Reference } from './oracle.ts'
import { domainsOf, type PlanData } from './plans.ts'
import { startMigrator } from './process.ts'
import type { LabServer } from './server.ts'

export interface Plan extends Reference {
  readonly name: string
  readonly root: string
}

export interface LabDatabase extends AsyncDisposable {
  readonly name: string
  readonly url: string
  /** A session of the laboratory's own on this database. */
  readonly client: pg.Client
  /** Makes that session anew, after the server was away. */
  reconnect(): Promise<void>
}

interface DatabaseOptions {
  /** A plan of which the first so many migrations are applied. Default: an empty database. */
  readonly plan?: Plan
  readonly applied?: number
  readonly tablespace?: string
}

const OBJECT_IN_USE = '55006'

export class Lab implements AsyncDisposable {
  readonly server: LabServer
  readonly #workspaces: FixtureWorkspace[] = []
  readonly #plans = new Map<string, Promise<Plan>>()
  readonly #templates = new Map<string, Promise<string>>()

  constructor(server: LabServer) {
    this.server = server
  }

  /** Writes the plan's files and makes its states. The same name is the same plan. */
  plan(data: PlanData): Promise<Plan> {
    const known = this.#plans.get(data.name) ?? this.#make(data)
    this.#plans.set(data.name, known)
    return known
  }

  async database({ plan, applied = 0, tablespace = 'pg_default' }: DatabaseOptions = {}): Promise<LabDatabase> {
    const template = plan === undefined || applied === 0 ? 'template0' : await this.#template(plan, applied)
    const name = `lab_${randomBytes(6).toString('hex')}`
    await this.admin(
      `create database ${name} template ${template} encoding 'UTF8' tablespace ${tablespace} strategy file_copy`,
    )
    const url = this.server.urlFor(name)
    let client = await connected(url)
    return {
      ...{ name, url },
      get client() {
        return client
      },
      reconnect: async () => {
        client = await connected(url)
      },
      [Symbol.asyncDispose]: async () => {
        await client.end().catch(() => {})
        await this.admin(`drop database if exists ${name} with (force)`).catch(() => {})
      },
    }
  }

  /** One statement outside any of the databases. */
  async admin(sql: string): Promise<void> {
    const client = await connected(this.server.urlFor('postgres'))
    try {
      for (const deadline = Date.now() + 20_000; ; await sleep(50)) {
        try {
          return void (await client.query(sql))
        } catch (error) {
          // A session may still be leaving the template.
          if ((error as pg.DatabaseError).code !== OBJECT_IN_USE || Date.now() > deadline) throw error
        }
      }
    } finally {
      await client.end()
    }
  }

  async #make(data: PlanData): Promise<Plan> {
    const workspace = await fixtureWorkspace(domainsOf(data))
    this.#workspaces.push(workspace)
    await using database = await this.database()
    const { client } = database
    await client.query('set search_path = public')
    const prefixes = [await digest(client)]
    for (const { up } of data.migrations) {
      for (const sql of up) await client.query(sql)
      prefixes.push(await digest(client))
    }
    return { name: data.name, root: workspace.root, migrations: data.migrations, prefixes }
  }

  /** A database with a beginning of the plan, made by an undisturbed run, to be cloned. */
  #template(plan: Plan, applied: number): Promise<string> {
    const name = `template_${plan.name}_${applied}`
    const making = async (): Promise<string> => {
      await this.admin(`create database ${name} template template0 encoding 'UTF8' strategy file_copy`)
      const words = ['up', '--to', (plan.migrations[applied - 1] as { id: string }).id]
      const { ended } = startMigrator(words, { workspace: plan.root, url: this.server.urlFor(name), boundMs: 60_000 })
      const { exitCode, stderr } = await ended
      if (exitCode !== 0) throw new Error(`an undisturbed up of the plan ${plan.name} failed:\n${stderr}`)
      return name
    }
    const known = this.#templates.get(name) ?? making()
    this.#templates.set(name, known)
    return known
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const workspace of this.#workspaces) workspace[Symbol.dispose]()
  }
}

export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'laboratory' })
  // A session that is ended by a fault ends with an error, which would end this process if nobody listened.
  client.on('error', () => {})
  await client.connect()
  return client
}
