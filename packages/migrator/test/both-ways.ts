/** A plan replayed the short way, as `check` does it, and the long way, and what has to be the same of both. */
import { expect } from 'vitest'
import { type Ownership, ownership } from '../src/check/owners.ts'
import type { MigrationRecord, RecordedReplay } from '../src/check/record.ts'
import { recordReplay } from '../src/check/recording.ts'
import { type Client, connect } from '../src/database/connect.ts'
import { withScratch } from '../src/replay/scratch.ts'
import type { Planned } from '../src/workspace/workspace.ts'
import { checkWorkspace, core } from './check-workspace.ts'
import { replayTheLongWay } from './long-way.ts'

/** Each its own, on the server of `useScratchServer`; they are dropped when `use` ends. */
export async function onEmptyDatabases<T>(use: (connectEmpty: () => Promise<Client>) => Promise<T>): Promise<T> {
  using workspace = await checkWorkspace({ core })
  return await withScratch(workspace.root, async ({ createDatabase }) => {
    const clients: Client[] = []
    try {
      return await use(async () => {
        const client = await connect(await createDatabase(), 'test')
        clients.push(client)
        return client
      })
    } finally {
      for (const client of clients) await client.end()
    }
  })
}

export interface BothWays {
  readonly short: RecordedReplay
  readonly long: RecordedReplay
}

export const bothWays = (order: readonly Planned[]): Promise<BothWays> =>
  onEmptyDatabases(async (connectEmpty) => {
    const [one, other] = [await connectEmpty(), await connectEmpty()]
    const [short, long] = await Promise.all([recordReplay(one, order), replayTheLongWay(other, order)])
    return { short, long }
  })

/** The same verdicts, the same owners, the same references; and nothing changed that the short way did not look at. */
export function expectTheSame({ short, long }: BothWays): void {
  expect(short.failure).toEqual(long.failure)
  expect(short.records.map(verdict)).toEqual(long.records.map(verdict))
  for (const [index, record] of short.records.entries()) {
    const found = long.records[index]!
    expect(missed(record, found), record.migration.id).toEqual([])
    // Of what it touched, it says word for word the same.
    const names = new Set(differences(record).map(({ object }) => object))
    expect(differences(record)).toEqual(differences(found).filter(({ object }) => names.has(object)))
  }
  const [few, all] = [ownership(short.records, short.own), ownership(long.records, long.own)]
  expect(owners(few, short)).toEqual(owners(all, long))
  expect(references(few)).toEqual(references(all))
}

const verdict = ({ migration, reverting }: MigrationRecord) => {
  const { outcome } = reverting
  return outcome === 'failed'
    ? [migration.id, outcome, reverting.statement, reverting.message]
    : [migration.id, outcome]
}

const differences = ({ reverting }: MigrationRecord) =>
  reverting.outcome === 'differs'
    ? reverting.differences.map(({ object, lost, left }) => ({
        object,
        lost: withoutIds(lost),
        left: withoutIds(left),
      }))
    : []

/** Sequences go on with every attempt, and the short way may need two: a row that copies a serial id has another one then. */
const withoutIds = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/^row \(\d+,/, 'row (id,')).sort()

/** What came, went or changed by up without being touched, nor referring to something that was (whose new name it then shows). */
function missed({ changes, objects }: MigrationRecord, long: MigrationRecord): readonly string[] {
  const touched = new Set([...objects.map(({ object }) => object), ...changes.map(({ object }) => object)])
  const after = new Map(long.objects.map((described) => [described.key, described]))
  const isTouched = (key: string) => touched.has(after.get(key)?.object ?? '')
  return long.changes
    .filter(({ object, key }) => !touched.has(object) && !isTouched(key) && !after.get(key)?.references.some(isTouched))
    .map(({ action, object }) => `${action} ${object}`)
}

/**
 * A function without its arguments: they show the names of types, which a rename changes without touching the function, and the short way
 * describes the function again only when it is touched.
 */
const nameOf = (object: string): string => object.replace(/^(function|procedure) ([^(]*)\(.*\)$/s, '$1 $2')

/** Of what stands at the end, as it was last described. Object ids differ from database to database. */
const owners = ({ owners: domains }: Ownership, { records }: RecordedReplay): readonly string[] => {
  const names = new Map<string, string>()
  for (const { changes, objects } of records) {
    for (const { step, action, root } of changes) if (step === 'up' && action === 'drop') names.delete(root)
    for (const { key, object } of objects) names.set(key, object)
  }
  return [...names].map(([key, object]) => `${nameOf(object)}: ${domains.get(key)}`).sort()
}

const references = (found: Ownership): readonly string[] =>
  found.references
    .map(
      ({ record, from, domain, to, owner }) =>
        `${record.migration.id}: ${domain}'s ${nameOf(from.object)} to ${owner}'s ${nameOf(to.object)}`,
    )
    .sort()
