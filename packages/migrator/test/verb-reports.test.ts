/** What each verb says when it is done, as a value: lines for a person, the document of --json, the exit code. No verb is run here. */
import { describe, expect, test } from 'vitest'
import { archiveReport } from '../src/archive/report.ts'
import type { Drift } from '../src/audit/drift/drifted.ts'
import { driftSection } from '../src/audit/drift/status-drift.ts'
import type { Checked } from '../src/check/check.ts'
import { checkReport, formats } from '../src/check/report.ts'
import type { Repairs } from '../src/database/repairs.ts'
import { dryRunReport } from '../src/report/dry-run.ts'
import { lockReport, renumberReport } from '../src/report/lock.ts'
import { plainPaint } from '../src/report/output.ts'
import { planReport } from '../src/report/plan.ts'
import { busyWords } from '../src/report/run.ts'
import { serverLines, serverReport } from '../src/report/server.ts'
import { sqlReport } from '../src/report/sql.ts'
import { statusOf, statusReport } from '../src/report/status.ts'
import { targetDocument, targetLines } from '../src/report/target.ts'
import { dropLines, resetReport } from '../src/reset/report.ts'
import { staleReport, typesReport } from '../src/types/report.ts'
import type { Lines, Paint } from '../src/verb.ts'
import type { Renumbering } from '../src/workspace/renumber.ts'
import type { Workspace } from '../src/workspace/workspace.ts'
import { applied, checksumOf, orderOf, planned, rendering } from './values.ts'

const plain = (lines: Lines): string => lines({ paint: plainPaint, width: undefined }).join('\n')
/** Shows which words would be coloured. */
const marked: Paint = (colour, words) => `<${colour}>${words}</>`
const painted = (lines: Lines): string => lines({ paint: marked, width: undefined }).join('\n')

const order = orderOf('core/001_users', 'core/002_tags', 'auth/001_tokens')
const workspace = {
  order,
  domains: [
    { name: 'core', packageName: '@veza/core-schema', path: 'packages/core-schema', dependencies: [] },
    { name: 'auth', packageName: '@veza/auth-schema', path: 'packages/auth-schema', dependencies: ['core'] },
  ],
  graph: { order: ['core', 'auth'] },
} as unknown as Workspace
const target = { host: '127.0.0.1', port: 54320, database: 'veza', user: 'deploy' }
const place = { client: { target, serverVersion: '18.4' }, embeddedDataDir: undefined }
const placeDocument = { ...target, serverVersion: '18.4', embedded: false }

describe('the database', () => {
  test('is named with its server and its user', () => {
    expect(painted(targetLines(place, '/repository'))).toBe(
      'PostgreSQL 18.4 at <bold>127.0.0.1:54320/veza</>, user deploy',
    )
    expect(targetDocument(place)).toEqual(placeDocument)
  })

  test('that is embedded is named with its folder, from the workspace where it lies in there', () => {
    const embedded = (embeddedDataDir: string) => plain(targetLines({ ...place, embeddedDataDir }, '/repository'))
    const head = 'embedded PostgreSQL 18.4 at 127.0.0.1:54320/veza, data in'
    expect(embedded('/repository/.veza/postgres')).toBe(`${head} .veza/postgres`)
    expect(embedded('/var/lib/veza')).toBe(`${head} /var/lib/veza`)
    expect(targetDocument({ ...place, embeddedDataDir: '/x' })).toMatchObject({ embedded: true })
  })

  test('whose server does not say its version is named all the same', () => {
    const client = { target, serverVersion: undefined }
    expect(plain(targetLines({ ...place, client }, '/'))).toContain('PostgreSQL (version unknown) at')
  })
})

test('plan: every migration under its domain, and what a domain needs', () => {
  const { lines, document, exitCode } = planReport(workspace)
  expect(plain(lines)).toMatchInlineSnapshot(`
    "core
      1  core/001_users   the table users
      2  core/002_tags    the table tags
    auth  needs core
      3  auth/001_tokens  the table tokens
    3 migrations of 2 domains, 3 statements."
  `)
  expect(painted(lines)).toContain('<bold>auth</><dim>  needs core</>')
  expect(document).toMatchObject({
    command: 'plan',
    domains: [{ name: 'core' }, { dependencies: ['core'] }],
    migrations: [{ number: 1, id: 'core/001_users' }, {}, {}],
  })
  expect(exitCode).toBe(0)
})

test('up --dry-run: what is pending, in the columns of the whole order', () => {
  const plan = { direction: 'up', steps: order.slice(1), applied: 1, total: 3 } as const
  const { lines, document, exitCode } = dryRunReport(plan, order, place)
  expect(plain(lines)).toMatchInlineSnapshot(`
    "  2  core/002_tags    the table tags
      3  auth/001_tokens  the table tokens
    2 of 3 migrations would be applied. Nothing was run."
  `)
  expect(document).toMatchObject({ command: 'up', dryRun: true, target: placeDocument, pending: [{}, {}] })
  expect(exitCode).toBe(0)
})

test('a run, while it runs: the migration that is under way, or that it waits', () => {
  expect(busyWords({ type: 'started', step: order[0]! })).toBe('core/001_users  the table users')
  expect(busyWords({ type: 'waiting', holder: undefined, waitedMs: 1 })).toBe('waiting for another run')
  expect(busyWords({ type: 'landed', step: order[0]!, durationMs: 1 })).toBeUndefined()
})

describe('status', () => {
  const all = order.map((step) => applied(step))
  type Options = { failOnPending?: boolean; drift?: readonly Drift[] | null; repairs?: Repairs }
  const reported = (history = all, options: Options = {}) =>
    statusReport({
      status: statusOf(order, history),
      domains: workspace.graph.order,
      place,
      failOnPending: options.failOnPending ?? false,
      repairs: options.repairs ?? { kind: 'none' },
      drift:
        options.drift === undefined
          ? undefined
          : driftSection(options.drift && { differences: options.drift, unread: [] }),
    })

  test.each([
    ['complete', all, 0],
    ['pending', all.slice(1), 1],
    ['changed', [applied(order[0]!, { checksum: checksumOf('other') }), ...all.slice(1)], 1],
    ['with an unknown migration', [...all, applied(orderOf('chat/001_rooms')[0]!)], 1],
  ])('of a database that is %s, with --fail-on-pending', (_what, history, exitCode) => {
    expect(reported(history, { failOnPending: true }).exitCode).toBe(exitCode)
    expect(reported(history).exitCode).toBe(0)
  })

  test('shows what people did to the history, with who, when and why', () => {
    const record = {
      checksumBefore: checksumOf('a'),
      checksumAfter: null,
      appliedBy: 'ann@laptop',
      toolVersion: '1.2.3',
    }
    const createdAt = new Date('2026-05-03T02:01:00Z')
    const repairs: Repairs = {
      kind: 'read',
      repairs: [
        { ...record, domain: 'core', name: '003_beta', action: 'forget', reason: 'the branch was given up', createdAt },
        { ...record, domain: 'auth', name: '001_tokens', action: 'mark-undone', reason: 'dropped it', createdAt },
      ],
    }
    const { lines, document } = reported(all, { repairs })
    expect(plain(lines).split('\n').slice(-5).join('\n')).toMatchInlineSnapshot(`
      "repaired by hand
           core/003_beta    forget       2026-05-03 02:01 UTC by ann@laptop: the branch was given up
           auth/001_tokens  mark-undone  2026-05-03 02:01 UTC by ann@laptop: dropped it

      3 of 3 applied, nothing is pending"
    `)
    expect(document).toMatchObject({
      repairs: [
        {
          ...{ id: 'core/003_beta', action: 'forget', reason: 'the branch was given up', by: 'ann@laptop' },
          ...{ at: '2026-05-03T02:01:00.000Z', checksumBefore: checksumOf('a'), checksumAfter: null },
        },
        { id: 'auth/001_tokens', action: 'mark-undone' },
      ],
    })
  })

  test('without repairs says nothing of them, and says where they cannot be read', () => {
    for (const repairs of [{ kind: 'none' }, { kind: 'read', repairs: [] }] as const) {
      expect(plain(reported(all, { repairs }).lines)).not.toContain('repair')
      expect(reported(all, { repairs }).document).toMatchObject({ repairs: [] })
    }
    for (const [kind, words] of [
      ['forbidden', 'this user may not read migration_repairs'],
      ['strange', 'was not made by this migrator'],
    ] as const) {
      expect(plain(reported(all, { repairs: { kind } }).lines)).toContain(words)
      expect(reported(all, { repairs: { kind } }).document).toMatchObject({ repairs: null })
    }
  })

  test('has drift behind the counts, in the document only when it was looked for', () => {
    const drift: Drift[] = [
      {
        kind: 'column',
        table: 'users',
        name: 'mood',
        change: 'added',
        found: 'text',
        expected: null,
        maker: undefined,
      },
    ]
    const { lines, document, exitCode } = reported(all, { drift })
    expect(plain(lines).split('\n').slice(-2)).toEqual([
      '3 of 3 applied, nothing is pending',
      expect.stringMatching(/^drift: 1 object: column users\.mood was added by hand$/),
    ])
    expect(document).toMatchObject({ command: 'status', target: placeDocument, drift: [expect.any(String)] })
    expect(exitCode).toBe(1)
    expect(reported().document).not.toHaveProperty('drift')
  })

  test('says where there is no drift, and where nothing could have drifted', () => {
    expect(reported(all, { drift: [] })).toMatchObject({ exitCode: 0, document: { drift: [] } })
    expect(plain(reported(all, { drift: [] }).lines)).toMatch(/\ndrift: none$/)
    expect(reported([], { drift: null })).toMatchObject({ exitCode: 0, document: { drift: null } })
    expect(plain(reported([], { drift: null }).lines)).toMatch(/\ndrift: nothing has been applied$/)
  })
})

describe('lock', () => {
  const line = (id: string) => ({ id, checksum: checksumOf(id) })
  const change = {
    lines: [line('core/001_users'), line('auth/001_tokens')],
    appended: ['auth/001_tokens'],
    updated: ['core/001_users'],
    dropped: ['core/002_tags'],
  }
  const nothing = { ...change, appended: [], updated: [], dropped: [] }

  test('says what it recorded', () => {
    const { lines, document, exitCode } = lockReport({ change, check: false })
    expect(painted(lines)).toMatchInlineSnapshot(`
      "<green>appended</>  auth/001_tokens
      <yellow>updated</>   core/001_users
      <yellow>dropped</>   core/002_tags
      migrations.lock has 2 migrations."
    `)
    expect(document).toEqual({
      command: 'lock',
      check: false,
      appended: ['auth/001_tokens'],
      updated: ['core/001_users'],
      dropped: ['core/002_tags'],
      total: 2,
    })
    expect(exitCode).toBe(0)
  })

  test('--check says what it would record, and fails only then', () => {
    const { lines, exitCode } = lockReport({ change, check: true })
    expect(plain(lines)).toMatch(/\nmigrations\.lock would have 2 migrations\.$/)
    expect(exitCode).toBe(1)
    expect(lockReport({ change: nothing, check: true }).exitCode).toBe(0)
    expect(plain(lockReport({ change: nothing, check: false }).lines)).toBe(
      'migrations.lock is up to date: 2 migrations.',
    )
  })

  test('--renumber --check says the new names, what becomes of lines, and where else to look, and stops there', () => {
    const renumbering = {
      renamed: [
        {
          file: { id: 'core/002_tags', path: 'packages/core-schema/src/migrations/002_tags.ts' },
          id: 'core/003_tags',
          path: 'packages/core-schema/src/migrations/003_tags.ts',
        },
      ],
      followed: [{ was: 'core/003_moods', is: 'core/004_moods' }],
      restored: ['core/002_genres'],
      repeated: ['core/001_users'],
      moved: 1,
    } as unknown as Renumbering
    const { lines, document, exitCode } = renumberReport(renumbering)
    expect(plain(lines)).toMatchInlineSnapshot(`
      "renamed   packages/core-schema/src/migrations/002_tags.ts to packages/core-schema/src/migrations/003_tags.ts
      followed  the line of core/003_moods is now that of core/004_moods, as its file is
      restored  the line of core/002_genres, as the main branch has it
      removed   the second line of core/001_users
      moved     1 new line to the end
      Whatever else names a migration by its old id is left as it is: git grep -nE 'core/002_tags|core/003_moods'"
    `)
    expect(document).toEqual({
      command: 'lock',
      check: true,
      renamed: [{ from: 'core/002_tags', to: 'core/003_tags' }],
      followed: [{ was: 'core/003_moods', is: 'core/004_moods' }],
      restored: ['core/002_genres'],
      repeated: ['core/001_users'],
      moved: 1,
    })
    expect(exitCode).toBe(1)
    expect(lockReport({ change: nothing, check: false, renumbering }).document).toMatchObject({ moved: 1, total: 2 })
  })
})

describe('sql', () => {
  const reads = planned('core/003_copy', 3, { up: { ...rendering('select 1'), dynamic: true } })
  const files = [
    { name: '001_core_users.up.sql', text: '' },
    { name: 'v1.sql', text: '' },
  ]
  const stale = [{ name: 'v1.sql', why: 'differs' as const }]
  const given = { order: [...order, reads], files, stale, check: true, out: 'sql', folder: '/repository/sql' }

  test('--check names each stale file, and marks a migration that depends on data', () => {
    const { lines, document, exitCode } = sqlReport(given)
    expect(plain(lines)).toMatchInlineSnapshot(`
      "differs    v1.sql
      core/003_copy depends on data: its file holds only what it does where it finds nothing.
      1 of 2 files in sql are stale. Write them again: npx nx run migrator:sql --out sql"
    `)
    expect(document).toEqual({
      command: 'sql',
      check: true,
      out: '/repository/sql',
      files: ['001_core_users.up.sql', 'v1.sql'],
      stale,
      dynamic: ['core/003_copy'],
    })
    expect(exitCode).toBe(1)
  })

  test('says that all is up to date, or how much was written', () => {
    expect(sqlReport({ ...given, order, stale: [] })).toMatchObject({ exitCode: 0 })
    expect(plain(sqlReport({ ...given, order, stale: [] }).lines)).toBe('2 files in sql are up to date.')
    const written = sqlReport({ ...given, order, check: false })
    expect(written.exitCode).toBe(0)
    expect(plain(written.lines)).toBe('2 files in sql, 1 of them changed.')
  })
})

describe('types', () => {
  const domain = (name: string, tables: readonly string[], written: readonly string[]) => ({
    name,
    tables,
    files: [`packages/${name}-schema/schema.sql`],
    written,
  })

  test('says what each domain got', () => {
    const domains = [
      domain('core', ['users', 'tags'], ['packages/core-schema/schema.sql']),
      domain('streaming', ['hls'], []),
    ]
    const { lines, document, exitCode } = typesReport({ domains, migrations: 3, elapsedMs: 1234 })
    expect(painted(lines)).toMatchInlineSnapshot(`
      "core        2 tables  wrote packages/core-schema/schema.sql
      streaming   1 table   <dim>unchanged</>
      Generated from 3 migrations in 1.2 s."
    `)
    expect(document).toEqual({ command: 'types', check: false, domains })
    expect(exitCode).toBe(0)
  })

  test('--check names file, table and column', () => {
    const differences = [{ table: 'users', what: 'column email', here: null, built: '`text`' }]
    const stale = [
      { file: 'a/schema.sql', missing: false, differences },
      { file: 'b/schema.sql', missing: true, differences: [] },
    ]
    const { lines, document, exitCode } = staleReport(['a/schema.sql', 'b/schema.sql', 'c/schema.sql'], stale)
    expect(plain(lines)).toMatchInlineSnapshot(`
      "a/schema.sql is stale
        table users, column email: not here; the migrations build \`text\`
      b/schema.sql is missing
      2 of 3 generated files differ. Write them with: npx nx run migrator:types"
    `)
    expect(document).toMatchObject({ command: 'types', check: true, stale })
    expect(exitCode).toBe(1)
    expect(staleReport(['a/schema.sql'], [])).toMatchObject({ exitCode: 0 })
  })
})

describe('check', () => {
  const finding = { rule: 'edges/x', severity: 'error', message: 'Wrong.', remedy: 'Right it.' } as const
  const checked: Checked = {
    root: '/repository',
    versions: ['18.4'],
    migrations: 3,
    domains: 2,
    proofs: [{ name: 'edges', proven: 'all', checked: true, findings: [finding], durationMs: 1 }],
  }

  test('has the same document and exit code in every format', () => {
    const reports = formats.map((format) => checkReport(checked, format))
    expect(new Set(reports.map(({ exitCode }) => exitCode))).toEqual(new Set([1]))
    expect(reports.every(({ document }) => JSON.stringify(document) === JSON.stringify(reports[0]!.document))).toBe(
      true,
    )
    expect(checkReport({ ...checked, proofs: [] }, 'github').exitCode).toBe(0)
  })

  test('writes each format as whoever reads it takes it', () => {
    const said = (format: (typeof formats)[number]) => plain(checkReport(checked, format).lines)
    expect(said('text')).toMatch(/\nNot proven: 1 error, 0 warnings\.$/)
    expect(said('github')).toBe('::error title=edges/x::Wrong.%0ARight it.')
    expect(JSON.parse(said('sarif'))).toMatchObject({ version: '2.1.0' })
    expect(JSON.parse(said('json'))).toEqual(checkReport(checked, 'json').document)
  })
})

describe('archive', () => {
  const file = (name: string, about: string | null) =>
    ({
      name,
      scheme: 'number',
      version: '1',
      number: 1,
      title: name,
      direction: 'single',
      sha256: '',
      bytes: 1,
      about,
    }) as const
  const plan = {
    from: '/legacy',
    to: '/archive',
    files: [file('001_users.sql', 'who there is'), file('003_x.sql', null)],
    others: ['README', 'env.py', 'x.sql'],
    left: [
      { name: 'README', reason: null },
      { name: 'env.py', reason: 'Python' },
      { name: 'x.sql', reason: 'no scheme' },
    ],
    manifest: {
      version: 1,
      schemes: [
        { scheme: 'number', files: 2 },
        { scheme: 'flyway', files: 1 },
      ],
      files: [],
      duplicates: [
        { scheme: 'number', number: 1, version: '01', titles: ['users', 'people'] },
        { scheme: 'flyway', number: null, version: '1.2', titles: ['a', 'b', 'c'] },
      ],
      gaps: [2, 4, 5, 6],
      gapRanges: [
        { scheme: 'number', from: 2, to: 2 },
        { scheme: 'number', from: 4, to: 6 },
      ],
      jumps: [{ after: 3, before: 900 }],
      unpaired: ['004_y.up.sql'],
    },
  } as const

  test('says what would go where, and what is odd about the numbers', () => {
    const { lines, document, exitCode } = archiveReport({ plan, moved: [], dryRun: true, to: '../archive' })
    expect(plain(lines)).toMatchInlineSnapshot(`
      "  001_users.sql  who there is
        003_x.sql
      named by number, as 001_users.sql (golang-migrate, goose, Drizzle): 2 files
      named by flyway, as V1.2__users.sql (Flyway): 1 file
      several naming schemes in one folder: in manifest.json one stands after the other, since no name says how they ran
      number 1 is used twice: users, people
      version 1.2 is used 3 times: a, b, c
      numbers that no file has: 2, 4 to 6
      numbers jump from 3 to 900
      without their other half: 004_y.up.sql
      left where they are: README
      left where they are (Python): env.py
      left where they are (no scheme): x.sql
      2 files would go to ../archive; manifest.json there lists 0."
    `)
    expect(document).toEqual({ command: 'archive', dryRun: true, moved: [], ...plan })
    expect(exitCode).toBe(0)
  })

  test('names the files that changed while it moved the others', () => {
    const { lines } = archiveReport({ plan, moved: ['003_x.sql'], dryRun: false, to: '../archive' })
    expect(painted(lines)).toContain('<yellow>changed meanwhile, so they stay, run it again: 001_users.sql</>')
    expect(plain(lines)).toMatch(/\n1 file moved to \.\.\/archive; manifest\.json there lists 0\.$/)
  })
})

test('reset: what would go, before the question, and how much went', () => {
  expect(plain(dropLines(['table users', 'function uuid_v7()']))).toBe(
    '  drops table users\n  drops function uuid_v7()',
  )
  const report = resetReport(['table users'], place)
  expect(plain(report.lines)).toBe('Dropped 1 objects of public.')
  expect(report).toMatchObject({
    document: { command: 'reset', target: placeDocument, dropped: ['table users'] },
    exitCode: 0,
  })
  expect(plain(resetReport([], place).lines)).toBe('Nothing to drop.')
})

test('db: how to reach the server, with --json too', () => {
  const server = {
    version: '18.4',
    dataDir: '/data',
    url: 'postgresql://postgres:word@127.0.0.1:54320/veza',
    passwordFile: '/repository/.veza/pgpass',
    port: 54320,
    pid: 7,
  }
  expect(painted(serverLines(server))).toBe(
    `embedded PostgreSQL 18.4, data in /data\n<bold>${server.url}</>\n` +
      `The password is for this machine only. Clients of libpq find it with PGPASSFILE=/repository/.veza/pgpass\n` +
      'Ctrl-C stops it.',
  )
  const { lines, document } = serverReport(server)
  expect(plain(lines)).toBe('')
  const { version: _version, ...shown } = server
  expect(document).toEqual({ command: 'db', ...shown })
})
