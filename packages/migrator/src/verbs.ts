/**
 * The list of all verbs. The help is made from it, and a verb's file is imported only when the verb is called.
 * In a bundle, bundled/verbs.ts stands for this module.
 */
import type { Verb } from './verb.ts'
import { toolVersion } from './version.ts'

/** How the command line names itself. */
export const program = {
  name: 'veza-migrator',
  about: 'One PostgreSQL database, owned by several teams, migrated by one proven run.',
  version: toolVersion,
}

/** Throws if the word is a verb that is left out here, which happens only in a bundle. */
export function assertPresent(_word: string | undefined): void {}

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
    name: 'check',
    summary: 'prove the plan before anyone deploys it',
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'bundle',
    summary: 'the engine and the plan as one file for production',
    load: async () => (await import('./commands/bundle.ts')).bundle,
  },
  { name: 'sql', summary: 'the run as plain SQL files', load: async () => (await import('./commands/sql.ts')).sql },
  {
    name: 'types',
    summary: "generate each domain's types and schema.sql",
    load: async () => (await import('./commands/types.ts')).types,
  },
  {
    name: 'audit',
    summary: 'compare any PostgreSQL database with V1',
    load: async () => (await import('./commands/audit.ts')).audit,
  },
  {
    name: 'repair',
    summary: 'change what the history says of one migration, with a reason',
    load: async () => (await import('./commands/repair.ts')).repair,
  },
  {
    name: 'grants',
    summary: 'the SQL of the roles and rights of production',
    load: async () => (await import('./commands/grants.ts')).grants,
  },
  {
    name: 'baseline',
    summary: "record the migrations of a database that sql's files built",
    load: async () => (await import('./commands/baseline.ts')).baseline,
  },
  {
    name: 'archive',
    summary: 'archive numbered legacy SQL migrations',
    load: async () => (await import('./commands/archive.ts')).archive,
  },
  {
    name: 'reset',
    summary: 'empty a lab database',
    load: async () => (await import('./commands/reset.ts')).reset,
  },
  {
    name: 'db',
    summary: 'keep the embedded database running',
    load: async () => (await import('./commands/db.ts')).db,
  },
]
