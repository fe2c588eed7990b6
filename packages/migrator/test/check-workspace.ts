/** Small workspaces that keep every convention, for tests in which exactly one thing is wrong; and what `check` says of them. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type Checked, type CheckOptions, check } from '../src/check/check.ts'
import type { ProofFinding } from '../src/check/finding.ts'
import { acquireEmbedded, type EmbeddedServer } from '../src/embedded/server.ts'
import {
  type DomainData,
  type DomainsData,
  type FixtureWorkspace,
  fixtureWorkspace,
  type MigrationData,
  REPOSITORY,
} from './fixture-workspace.ts'

const SHARED = join(REPOSITORY, '.veza', 'test-check')

/** All workspaces of a test file share one server: call it once, at the top of the file. */
export function useScratchServer(): void {
  let server: EmbeddedServer | undefined
  beforeAll(async () => {
    mkdirSync(SHARED, { recursive: true })
    server = await acquireEmbedded({ dir: join(SHARED, 'scratch'), port: 0, memoryMb: 1024 })
  }, 120_000)
  afterAll(() => server?.release())
}

/** A workspace whose throw-away databases are made on the shared server. */
export async function checkWorkspace(
  domains: DomainsData,
  options: { readonly lock?: boolean } = {},
): Promise<FixtureWorkspace> {
  const workspace = await fixtureWorkspace(domains, options)
  const link = join(workspace.root, '.veza')
  if (!existsSync(link)) symlinkSync(SHARED, link, 'junction')
  return workspace
}

type Options = Partial<Pick<CheckOptions, 'base' | 'noBase' | 'postgres'>>

/** A workspace that no test has put under git has no main branch, and says so. */
export const checked = (root: string, options: Options = {}): Promise<Checked> =>
  check({
    from: root,
    postgres: [],
    signal: new AbortController().signal,
    ...(existsSync(join(root, '.git')) ? {} : { base: false }),
    ...options,
  })

export async function findings(root: string, options: Options = {}): Promise<ProofFinding[]> {
  const { proofs } = await checked(root, options)
  return proofs.flatMap((proof) => proof.findings)
}

/** What `check` finds in a workspace that is made for it and removed again. */
export async function findingsOf(domains: DomainsData): Promise<ProofFinding[]> {
  using workspace = await checkWorkspace(domains)
  return await findings(workspace.root)
}

/** The statements that make a table as the conventions want it. `columns`: more columns and constraints. */
export function table(name: string, ...columns: readonly string[]): string[] {
  const time = 'timestamptz not null default CURRENT_TIMESTAMP'
  const all = [
    `id uuid default uuid_v7() constraint pk_${name} primary key`,
    `created_at ${time}`,
    `updated_at ${time}`,
    ...columns,
  ]
  return [
    `create table ${name} (${all.join(', ')})`,
    `create trigger trg_${name}_updated_at before update on ${name} for each row execute function set_updated_at()`,
    `comment on table ${name} is 'One row for each of the ${name}.'`,
  ]
}

/** A column with its foreign key, and the index that the conventions want. */
export const reference = (column: string, to: string, from: string): string =>
  `${column} uuid not null constraint fk_${from}_${column} references ${to} (id) on delete cascade`
export const referenceIndex = (column: string, from: string): string =>
  `create index idx_${from}_${column} on ${from} (${column})`

const conventions: MigrationData = {
  up: [
    'create function uuid_v7() returns uuid language sql volatile return gen_random_uuid()',
    `create function set_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := CURRENT_TIMESTAMP;
  return new;
end $$`,
  ],
  down: ['drop function set_updated_at()', 'drop function uuid_v7()'],
}

const users: MigrationData = {
  up: table('users', "name text not null constraint chk_users_name check (name <> '')"),
  down: ['drop table users'],
}

const sessions: MigrationData = {
  up: [...table('sessions', reference('user_id', 'users', 'sessions')), referenceIndex('user_id', 'sessions')],
  down: ['drop table sessions'],
}

export const core: DomainData = { migrations: { '001_conventions': conventions, '002_users': users } }
export const auth: DomainData = { dependencies: ['core'], migrations: { '001_sessions': sessions } }

/** The domain with more migrations. */
export const adding = (domain: DomainData, migrations: DomainData['migrations']): DomainData => ({
  ...domain,
  migrations: { ...domain.migrations, ...migrations },
})
