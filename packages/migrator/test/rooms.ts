/**
 * The map of packages/migrator/src: every room, from the top of the house down, with the question that it answers. A room imports from
 * the rooms below it, and from nothing above or beside it; rooms that share a row are beside each other. rooms.test.ts keeps it so.
 */

export interface Room {
  /** A folder of src, or a file there without its ending. */
  readonly name: string
  readonly answers: string
}

const row = (...rooms: readonly [name: string, answers: string][]): readonly Room[] =>
  rooms.map(([name, answers]) => ({ name, answers }))

export const HOUSE: readonly (readonly Room[])[] = [
  row(['bundled', 'what stands, in a bundle, for the modules that ask about a repository']),
  row(
    ['cli', 'which verb was called, and what a person is told when it fails'],
    ['index', "the package's face: the migrator from code"],
  ),
  row(
    ['verbs', 'which verbs there are, and where each one is'],
    ['process', 'what ends the process, and what is said then'],
  ),
  row(['commands', 'what each verb takes, does and shows: one declared file per verb']),
  row(
    ['audit', 'what any database has otherwise than V1'],
    ['check', 'whether the plan can be trusted before anyone deploys it'],
    ['types', "what each domain's types and schema.sql must say"],
    ['archive', 'where legacy SQL files go'],
    ['reset', 'what a lab database loses'],
    ['grants', 'which roles there are in production, and what each may do'],
    ['monitor', 'what somebody should look at in a database that is in use'],
    ['preview', 'what a down would destroy'],
    ['repair', 'what a person may change in the history'],
    ['bundle', 'what the plan is as one file, and what that file can do'],
  ),
  row(['report', 'how plans, events and findings are shown: text, JSON, SARIF, SQL files']),
  row(['rules', 'what a catalogue must be like: one file per rule']),
  row(['rights', 'what the roles of production may do with what']),
  row(['replay', 'what the plan builds on an empty database, and which migration made what']),
  row(['embedded', 'a real PostgreSQL that comes with the installation']),
  row(['run', 'one up or down against one database']),
  row(['plan', 'which steps a database needs: order, history and target']),
  row(['catalog', "a database's schema as a value"]),
  row(['database', 'a connection, its settings, the history and the lock']),
  row(['workspace', 'which migrations there are, what they render, in which order they stand']),
  row(['sql', 'what an SQL text says']),
  row(['settings', 'what an option means']),
  row(
    ['verb', 'what a verb is: its options, what it does, what it has to say'],
    ['statement', 'one statement as it is sent'],
    ['version', "the migrator's own version, and the bundle that it runs from"],
    ['migration-code', 'whose code is running, and the end of waiting for it'],
    ['optional-package', 'what production does without, and what to install where it is wanted'],
  ),
  row(
    ['errors', 'what every failure is made of'],
    ['bundle-identity', 'which plan a bundle holds'],
    ['common-options', 'which options every verb has'],
    ['unless-aborted', 'how a wait hears a signal'],
    ['command-signal', 'whether the command of this process has to end'],
  ),
  row(['thrown', 'what somebody threw, in words'], ['printable', 'what can be printed as it is']),
]
