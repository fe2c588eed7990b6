/** A hostile migration between two ordinary ones: it is refused and nothing is said that is not so, or it runs and harms nobody. */
import { fixtureWorkspace } from '../../../packages/migrator/test/fixture-workspace.ts'
import { claimOf } from '../claim.ts'
import { hiddenEnd } from '../hostile/commits.ts'
import { HISTORY } from '../hostile/history.ts'
import type { Hostile } from '../hostile/hostile.ts'
import { JAVASCRIPT } from '../hostile/javascript.ts'
import { SESSION } from '../hostile/session.ts'
import type { Case, Kind, Observed } from '../kind.ts'
import type { Lab, LabDatabase } from '../lab.ts'
import { type Ended, startMigrator } from '../process.ts'
import { leftBehind } from '../state.ts'

const HIDDEN_ENDS = 400

export const hostile: Kind = {
  name: 'hostile',
  about:
    'migrations that hide an end of the transaction (made from a grammar), tamper with the history, change their session, end the process, throw what is no error or never end',
  cases: async () => [
    ...[...HISTORY, ...SESSION, ...JAVASCRIPT].map((one): Case => ({ what: one.what, run: (lab) => done(lab, one) })),
    // What a round of these does follows from its own seed, so that each is another one.
    ...Array.from(
      { length: HIDDEN_ENDS },
      (): Case => ({ what: 'a hidden end of the transaction', run: (lab, random) => done(lab, hiddenEnd(random)) }),
    ),
  ],
}

const before = { up: ['create table before ()'], down: ['drop table before'] }
/** Fails if the migration before it has left anything in the session. */
const LOOKS_ROUND = `do $look$ begin
  if current_user <> session_user or current_setting('search_path') <> 'public' or current_setting('lock_timeout') = '1ms'
    or current_setting('statement_timeout') = '1ms' or current_setting('timezone') = 'Asia/Kathmandu'
    or current_setting('standard_conforming_strings') <> 'on' or current_setting('default_transaction_read_only') <> 'off'
    or exists (select from pg_cursors where name = 'c') or exists (select from pg_prepared_statements where name = 'p')
    or to_regclass('pg_temp.after') is not null
  then raise exception 'the session is not as it should be'; end if;
end $look$`
const after = { up: [LOOKS_ROUND, 'create table after ()'], down: ['drop table after'] }
const HARMLESS = { up: ['create table harmless ()'], down: ['drop table harmless'] }

interface Found {
  readonly history: readonly string[]
  readonly before: boolean
  readonly after: boolean
}

async function done(lab: Lab, one: Hostile): Promise<Observed> {
  await using database = await lab.database()
  const middle = typeof one.up === 'string' ? one.up : { up: one.up, down: [] }
  const files = { core: { migrations: { '001_before': before, '002_hostile': middle, '003_after': after } } }
  using workspace = await fixtureWorkspace(files, { lock: false })
  const locked = await startMigrator(['lock'], { workspace: workspace.root, url: database.url, boundMs: 60_000 }).ended
  if (locked.exitCode !== 0) return { said: 'refused by lock', wrong: refusal(one, locked) }
  const first = await ran(database, workspace.root, one)
  // A second run must come to the same answer, and not take for applied what the first has refused.
  const second =
    first.wrong.length === 0 && one.expect === 'refused' ? await ran(database, workspace.root, one) : undefined
  const wrong = [...first.wrong, ...(second?.wrong.map((words) => `the second run: ${words}`) ?? [])]
  if (wrong.length > 0 || first.claim !== 'nothing') return { said: first.claim, wrong: inContext(one, wrong) }
  // Somebody corrects the migration, and the plan goes on.
  using corrected = await fixtureWorkspace({
    core: { migrations: { '001_before': before, '002_hostile': HARMLESS, '003_after': after } },
  })
  const last = await startMigrator(['up'], { workspace: corrected.root, url: database.url, boundMs: 60_000 }).ended
  const end = await found(database)
  if (last.exitCode !== 0 || end.history.length !== 3 || !end.before || !end.after)
    wrong.push(`when the migration was corrected, the next up did not finish: ${told(last)}`)
  return { said: first.claim, wrong: inContext(one, wrong) }
}

const inContext = ({ what }: Hostile, wrong: readonly string[]): readonly string[] =>
  wrong.length === 0 ? [] : [`the migration: ${what.slice(0, 400)}`, ...wrong]

function refusal(one: Hostile, locked: Ended): readonly string[] {
  const claim = claimOf({ ...locked, exitCode: locked.exitCode === 1 ? 2 : locked.exitCode })
  if (claim.kind === 'wrong') return inContext(one, [`lock: ${claim.why}`])
  return one.expect === 'works' ? inContext(one, [`lock refused what is harmless: ${told(locked)}`]) : []
}

async function ran(database: LabDatabase, workspace: string, { expect, interruptAfterMs }: Hostile) {
  const earlier = await found(database)
  const run = startMigrator(['up'], { workspace, url: database.url, boundMs: 30_000, env: { LAB_HOSTILE: '1' } })
  if (interruptAfterMs !== undefined) setTimeout(() => run.child.kill('SIGINT'), interruptAfterMs)
  const ended = await run.ended
  const left = await leftBehind(database.client, 15_000)
  const now = await found(database)
  const claim = claimOf(ended)
  const wrong = [
    ...(claim.kind === 'wrong' ? [claim.why] : []),
    ...left.map((what) => `left behind: ${what}`),
    ...contradictions(now),
    ...(expect === 'refused' && now.history.some((id) => id !== 'core/001_before')
      ? [`it is recorded: ${now.history}`]
      : []),
    ...(expect === 'refused' && ended.exitCode === 0 ? ['it ended with exit code 0'] : []),
    ...(expect === 'works' && ended.exitCode !== 0 ? ['what is harmless was refused'] : []),
    ...(claim.kind === 'complete' && now.history.length !== 3
      ? [`it says that all is applied, and the history has ${now.history}`]
      : []),
    ...(claim.kind === 'nothing' && JSON.stringify(now) !== JSON.stringify(earlier)
      ? [`it says that nothing was applied: ${JSON.stringify(earlier)} became ${JSON.stringify(now)}`]
      : []),
    ...(hasControlCharacters(ended.stderr)
      ? [`control characters on the terminal: ${JSON.stringify(ended.stderr)}`]
      : []),
  ]
  return { claim: claim.kind, wrong: wrong.length === 0 ? [] : [...wrong, told(ended)] }
}

/** The two ordinary migrations are there exactly if the history says so. */
function contradictions({ history, before: hasBefore, after: hasAfter }: Found): string[] {
  return [
    ...(history.includes('core/001_before') === hasBefore
      ? []
      : [`core/001_before: recorded ${!hasBefore}, there ${hasBefore}`]),
    ...(history.includes('core/003_after') === hasAfter
      ? []
      : [`core/003_after: recorded ${!hasAfter}, there ${hasAfter}`]),
  ]
}

async function found({ client }: LabDatabase): Promise<Found> {
  const { rows } = await client.query(`select to_regclass('public.before') is not null as before,
    to_regclass('public.after') is not null as after, to_regclass('public.migration_history') is not null as history`)
  const { before: hasBefore, after: hasAfter, history: hasHistory } = rows[0]
  const ids = hasHistory
    ? (
        await client.query(
          "select h->>'domain' || '/' || (h->>'name') as id from (select to_jsonb(m) as h from public.migration_history m) t order by 1",
        )
      ).rows
    : []
  return { history: ids.map(({ id }) => id), before: hasBefore, after: hasAfter }
}

/** Tabs and line ends of the migration's own SQL are shown as they are; nothing else that a terminal would obey. */
const hasControlCharacters = (text: string): boolean =>
  [...text.replaceAll('\r\n', '\n')].some(
    (character) => !'\n\t'.includes(character) && (character < ' ' || (character >= '\x7f' && character < '\xa0')),
  )

const told = ({ exitCode, signal, stdout, stderr }: Ended): string =>
  `it ended with ${signal ?? `exit code ${exitCode}`} and said:\n${`${stderr}${stdout}`.slice(0, 1200)}`
