/** The verbs, once: the help lists them from here, and each is imported only when it is called. */
import type { Verb } from './cli.ts'

export interface VerbEntry {
  readonly name: string
  readonly summary: string
  load(): Promise<Verb>
}

export const verbs: readonly VerbEntry[] = [
  { name: 'up', summary: 'apply what is pending', load: async () => (await import('./commands/up.ts')).up },
  { name: 'down', summary: 'revert, newest first', load: async () => (await import('./commands/down.ts')).down },
  { name: 'status', summary: 'what a database has', load: async () => (await import('./commands/status.ts')).status },
  { name: 'plan', summary: 'the V1 run, in order', load: async () => (await import('./commands/plan.ts')).plan },
  {
    name: 'lock',
    summary: 'record new migrations in migrations.lock',
    load: async () => (await import('./commands/lock.ts')).lock,
  },
  {
    name: 'db',
    summary: 'keep the embedded database running',
    load: async () => (await import('./commands/db.ts')).db,
  },
]
