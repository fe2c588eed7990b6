/** What the migrator promises about a run, in the words of somebody whose data it is, and by what each promise is tried. */
export interface Promised {
  readonly promise: string
  /** Kinds of the laboratory. */
  readonly kinds: readonly string[]
  /** Test files of packages/migrator/test, for what is proven by tests as well or only by tests. */
  readonly tests: readonly string[]
}

export const PROMISES: readonly Promised[] = [
  {
    promise:
      'A run of ordinary migrations is applied whole or not at all. It does not matter at which moment the process is killed, the line is cut, or the server crashes.',
    kinds: ['kills', 'cuts', 'commits', 'terminations', 'restarts'],
    tests: ['transaction.test.ts', 'crash.slow.test.ts'],
  },
  {
    promise:
      'The history and the database never disagree: what is recorded is there, completely, and what is there is recorded. The one exception is named in the history itself: a migration outside a transaction that was begun and not finished.',
    kinds: ['kills', 'cuts', 'commits', 'terminations', 'restarts', 'signals', 'silence', 'races', 'full-disk'],
    tests: ['own-transaction.test.ts', 'alone.test.ts'],
  },
  {
    promise:
      'What a run says of itself is so. "Nothing was applied" means that nothing was; "committed" that it is; and where it could not find out, it says that it does not know and how to ask.',
    kinds: ['cuts', 'commits', 'terminations', 'restarts', 'signals', 'waits', 'silence', 'poolers', 'full-disk'],
    tests: ['crash.slow.test.ts', 'failure.test.ts'],
  },
  {
    promise:
      'After any interruption the next `up` finishes, and leads to the same database as a run that nothing disturbed. There is nothing to clean up by hand.',
    kinds: [
      'kills',
      'cuts',
      'commits',
      'terminations',
      'restarts',
      'signals',
      'silence',
      'races',
      'index-builds',
      'full-disk',
    ],
    tests: ['crash.slow.test.ts'],
  },
  {
    promise: 'No run keeps its lock or its session after its end, however it ended.',
    kinds: ['kills', 'cuts', 'commits', 'terminations', 'restarts', 'signals', 'silence', 'races', 'poolers'],
    tests: ['lock.test.ts'],
  },
  {
    promise: 'Several runs at once do each migration once. The others wait, say for whom, and go on.',
    kinds: ['races', 'poolers'],
    tests: ['lock.test.ts', 'crash.slow.test.ts'],
  },
  {
    promise:
      'Ctrl-C and SIGTERM end a run within two seconds, wherever it is, in the server too; a second one ends it at once. Both say what is so.',
    kinds: ['signals', 'waits'],
    tests: ['crash.slow.test.ts'],
  },
  {
    promise: 'A network that goes silent does not hang a run, and the next run gets the lock.',
    kinds: ['silence'],
    tests: ['silence.slow.test.ts', 'connect.test.ts'],
  },
  {
    promise:
      "An index that a person has made is never dropped, whatever its name. Only the remains of this migration's own build are.",
    kinds: ['index-builds'],
    tests: ['alone.test.ts'],
  },
  {
    promise: 'A full disk is a failed run with its reason, and nothing worse.',
    kinds: ['full-disk'],
    tests: ['transaction.test.ts'],
  },
  {
    promise: 'A pooler does not break a run: what needs a session of its own is refused before anything has run.',
    kinds: ['poolers'],
    tests: ['alone.test.ts'],
  },
  {
    promise:
      'A migration that ends the transaction, changes the history, ends the process, throws something strange or never ends is a failed migration. It is never recorded as applied.',
    kinds: ['hostile'],
    tests: ['own-transaction.test.ts', 'transaction.test.ts'],
  },
  {
    promise:
      'What one migration sets in its session (a role, a search path, a time limit) does not reach the next one.',
    kinds: ['hostile'],
    tests: ['transaction.test.ts'],
  },
]

/** Mistakes that were made in the migrator on purpose, and the kind whose rounds have found each. */
export const MISTAKES: readonly (readonly [mistake: string, kind: string])[] = [
  ['each migration is committed by itself, with its history row', 'kills'],
  ['an error of the COMMIT is taken for success', 'full-disk'],
  ['after a lost connection the run says "nothing" and does not ask the server', 'commits'],
  ['Ctrl-C is not heard', 'signals'],
  ['the words to a person say other than the document', 'cuts'],
  ['the lock of the run is not heeded', 'races'],
  ['Ctrl-C ends the process and cancels nothing in the server', 'waits'],
  ['a silent network is not noticed', 'silence'],
  ['after a crash of the server the run says "nothing" and does not ask', 'restarts'],
  ['an index that has the name is taken for one of the migration', 'index-builds'],
  ["what has the index's name is dropped because the migration was begun, whatever it is", 'index-builds'],
  ['an INVALID index is taken for a finished one', 'index-builds'],
  ['a pooler is not noticed', 'poolers'],
  ['the history is not proven before the commit', 'hostile'],
  ['`process.exit` in a migration is not held up', 'hostile'],
  ['what a migration sets in its session is not reset', 'hostile'],
]

/** What the laboratory has found and what was mended then, so that it is known what such a table is worth. */
export const MENDED: readonly string[] = [
  'A run on a network that brought no answers any more hung for ever if the server had ended its session meanwhile: the second connection that asks about the first took a session that is gone for one that is at work.',
  'A session whose network went silent in the middle of a message kept the lock of the run, since no time limit of the server counts there. The run that notices it ends it now.',
  'A statement that was cancelled between two pieces of a run was told without the pieces that were committed already, as if nothing had been applied.',
  'The lock of a run stayed with its session after an index build had ended, until the session closed: on a silent network the next run waited for it.',
  'A connection that died at the one statement of `down` that cannot fail otherwise was told as a defect of the migrator.',
  'The look at what `down` would destroy kept its transaction open on a silent network.',
  'A run that was about to read the history at the very moment at which a `down --all` dropped it failed, where it should have waited.',
  'Ctrl-C in the preview of `down`, on a network that brought nothing to the server any more, left the session in the server with its transaction open.',
  'A connection that was lost while the history was compared behind a statement outside a transaction was told as if a migration had changed the history.',
  'Between two messages, the reset of its session and the settings that follow it, a run whose network went silent kept the lock without any limit of time.',
]

/** Where the test lets pass more than is promised, or less is asked than one might think. */
export const TOLERANCES: readonly string[] = [
  '**After Ctrl-C or SIGTERM, 2 s are promised.** The laboratory allows 6 s, since the machine is busy with other rounds. A second one is promised to act at once; it allows 1 s. Two signals within 0.15 s are taken for one.',
  '**A session or a lock may outlive its process for a moment**: the laboratory waits for 15 s (after a silence 30 s) until it is gone. A killed client is noticed by the server within a second, on Linux; elsewhere when the server next speaks to it.',
  '**A silent network is given up after some 13 s.** The laboratory allows 60 s for the whole run. Afterwards a session may stay that is idle and holds nothing: a server cannot tell it from a living one.',
  '**"It is not known" is an answer** where nobody can be asked: after a server that crashed, on a network that lets no new connection through, after a second Ctrl-C. Everywhere else it counts as a fault.',
  '**In a race of `up` and `down`, a `down` may be refused**: another run has changed meanwhile what it was to revert. It says so and has then changed nothing. Every other run in a race ends well.',
  '**A migration of which it cannot be said whether it is harmful** (one that adds a column to the history, for example) may be refused or run. What is said of it must be so.',
]

/** What nobody should rely on. */
export const NOT_PROMISED: readonly string[] = [
  '**It does not replace a backup.** A migration that deletes the wrong rows deletes them, and `down` drops what it shows. What was dropped comes back only from a backup.',
  '**It believes the server.** If the server answers COMMIT, the run says so. A server with `fsync` or `synchronous_commit` off, or a failover to a standby that had not received the commit, can lose it afterwards. The history is lost with the objects then, so they still agree, and the next `up` applies them again.',
  '**A migration outside a transaction can be half done.** PostgreSQL allows nothing else for `CREATE INDEX CONCURRENTLY`. It is recorded as begun, shown by `status`, and finished by the next `up`.',
  '**What is not in the database is not undone.** A migration that calls another service, writes a file or sends a message has done so, also when its transaction is rolled back. Values that a sequence has given are gone.',
  '**Code that means harm is not contained.** A migration runs with your rights. It can open a connection of its own, or kill its process with a signal that nothing can catch. Hostile migrations are in the laboratory because mistakes look like them.',
  '**A statement that takes hours takes hours.** There is a limit for waiting for a lock, and none for working unless you give one (`--statement-timeout`).',
  '**Changes made by hand are shown, not prevented.** `audit` and `status --drift` find them.',
  "**A power cut was not tried.** A *crash of the server* is here the sudden end of all its processes, on a server without fsync: the operating system goes on and keeps what was written. What a disk loses in a power cut is PostgreSQL's matter and the hardware's.",
  "**Nor was a network that really died.** The proxy keeps silent, but the system under it goes on acknowledging, so TCP keepalive and `tcp_user_timeout` are set and have never had to act here. Nor were other poolers than PgBouncer (the cloud's proxies, Supavisor, pgcat), a failover to a standby in the middle of a run, and connections with TLS, whose messages the proxy cannot read.",
  '**Only what is in the table was tried**: these versions of PostgreSQL, on Linux, on one machine and its one file system, from a repository on Node 24 (a bundle runs the same code, and was not cut and killed), with plans of a few migrations. Large databases differ in time, and time is where new faults hide.',
]
