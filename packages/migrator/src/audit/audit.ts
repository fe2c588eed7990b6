/** Live database × plan → report. Reads the live database, replays the plan on a scratch server, and compares the two catalogues. */
import { ofHome } from '../catalog/of-home.ts'
import type { Catalog } from '../catalog/types.ts'
import type { Client } from '../database/connect.ts'
import { type HistoryRow, idOf } from '../database/history.ts'
import type { Limits } from '../database/session.ts'
import { plural } from '../errors.ts'
import { type Replayed, type ReplayRequest, replay } from '../replay/replay.ts'
import { replaySeeded, type Seeded } from '../replay/replay-seeded.ts'
import { type Scratch, withScratch } from '../replay/scratch.ts'
import type { Confidence, RuleFinding } from '../rules/finding.ts'
import { runRules } from '../rules/run.ts'
import { CHAT_SCHEMA } from '../rules/scope.ts'
import { subjectOf } from '../rules/subject.ts'
import { toolVersion } from '../version.ts'
import type { Planned, Workspace } from '../workspace/workspace.ts'
import { driftFindings, driftFrom, rowDriftFrom } from './drift/drift.ts'
import { seededRows } from './drift/seeded-rows.ts'
import { copyOrder } from './gap/copy-order.ts'
import { domainsOf } from './gap/domain-guess.ts'
import { gapTo, majorOf } from './gap/gap.ts'
import { gapFindings } from './gap/gap-findings.ts'
import { governanceOf } from './gap/governance.ts'
import { tableKeys } from './gap/keys.ts'
import { extensionsOf } from './live/extension-note.ts'
import { type Live, readLive } from './live/live.ts'
import type { AskedSchemas } from './live/live-schemas.ts'
import { sampled } from './live/sample.ts'
import { schemaNotes } from './live/schema-notes.ts'
import { toolNote } from './live/tool-note.ts'
import { unreadFindings } from './live/unread.ts'
import { type AuditFinding, type AuditReport, fingerprint, stakeOf } from './report.ts'
import { confident, leftOutText } from './weight/confident.ts'
import { figuresOf } from './weight/figures.ts'
import { gradeOf } from './weight/grade.ts'
import { gravestOf } from './weight/gravest.ts'
import { weighed } from './weight/weigh.ts'

export interface AuditOptions {
  readonly client: Client
  readonly workspace: Workspace
  readonly limits: Limits
  /** Default: public. */
  readonly schemas?: AskedSchemas | undefined
  /** Ids of findings that are accepted. */
  readonly baseline: ReadonlySet<string>
  /** What the server's statistics say of the data is looked at too. Default: false. */
  readonly sample?: boolean
  /** Findings of which their rule is less sure are left out. Default: low, which leaves out none. */
  readonly minConfidence?: Confidence
}

/** Throws what readLive, replay and the scratch server throw. */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { client, workspace, limits, baseline, schemas, minConfidence = 'low', sample = false } = options
  const { order, graph, root } = workspace
  const { bare, v1, applied } = await readAndReplayed(root, order, readLive(client, limits, schemas))
  const read = sample ? { ...bare, catalog: await sampled(client, bare.catalog, limits) } : bare
  const rows = applied && (await seededRows(client, read.catalog, applied.state, limits))
  const unread = [...(read.catalog.unread ?? []), ...(rows?.unread ?? [])]
  const live = { ...read, catalog: { ...read.catalog, unread } }
  const besideV1 = ofHome(live.catalog)
  const drift =
    applied === undefined
      ? []
      : [...driftFrom(besideV1, applied.state, graph.order), ...rowDriftFrom(rows?.tables ?? [], applied.state)]
  const ownerOf = (table: string | null) => (table === null ? undefined : v1.makers.makerOf('relation', table))
  // Whose a table is by its migrations is told as drift.
  const otherOwners = new Set(drift.filter(({ kind }) => kind === 'owner').map(({ table }) => table))
  const isToldAsDrift = ({ rule, table }: RuleFinding) =>
    rule === 'owner-differs' && table !== null && otherOwners.has(table)
  const gap = gapTo(besideV1, { ...v1, domains: graph.order, isMigrated: applied !== undefined })
  // Each finding is made once: a large database has hundreds of thousands.
  const told = (finding: RuleFinding, owner = finding.owner): AuditFinding => {
    const id = fingerprint(finding)
    return { ...finding, owner, id, known: baseline.has(id), stake: stakeOf(finding) }
  }
  const all = [
    ...[...unreadFindings(unread), ...driftFindings(drift)].map((finding) => told(finding)),
    ...runRules(live.catalog, { v1: v1.catalog })
      .filter((finding) => !isToldAsDrift(finding))
      .map((finding) => told(finding, ownerOf(finding.table)?.domain ?? null)),
    ...gapFindings(gap, v1.makers, drift).map((finding) => told(finding)),
  ]
  const { findings, leftOut } = confident(weighed(all), minConfidence)
  const present = new Set(all.map(({ id }) => id))
  const subject = subjectOf(live.catalog, v1.catalog)
  const domainsByTable = domainsOf(subject, {
    domainOf: (table) => v1.makers.makerOf('relation', table)?.domain,
    catalog: v1.catalog,
  })
  return {
    target: { ...client.target, serverVersion: client.serverVersion ?? '' },
    auditedAt: new Date(),
    toolVersion,
    schemas: live.schemas,
    unread,
    tables: subject.tables.length,
    migrations: order.length,
    domains: graph.order,
    findings,
    figures: figuresOf(live.catalog, v1.catalog),
    gravest: gravestOf(findings, { live: live.catalog, isMigrated: applied !== undefined }),
    // Of all findings, so that --min-confidence makes no database better.
    grade: gradeOf(all, subject.tables.length),
    gap,
    keys: tableKeys(subject),
    domainsByTable,
    governance: governanceOf(subject, domainsByTable),
    copying: copyOrder(subject),
    drift: applied === undefined ? null : { applied: applied.count, differences: drift },
    notes: [...notesOn(live, v1.catalog, order), toolNote(live.catalog) ?? [], leftOutText(leftOut) ?? []].flat(),
    extensions: extensionsOf(live.catalog),
    leftOut,
    gone: [...baseline].filter((id) => !present.has(id)),
    baseline: null,
  }
}

interface Expectation {
  readonly v1: Replayed
  /** What the migrations in the history make; undefined where there are none. */
  readonly applied: { readonly count: number; readonly state: Seeded } | undefined
}

/** The scratch server starts while the database is read. If both fail, the failure of the database is told. */
async function readAndReplayed(
  root: string,
  order: readonly Planned[],
  reading: Promise<Live>,
): Promise<Expectation & { readonly bare: Live }> {
  const replaying = withScratch(root, async (scratch: Scratch) => replayed(scratch, order, (await reading).history))
  const [, expected] = await Promise.allSettled([reading, replaying])
  const bare = await reading
  if (expected.status === 'rejected') throw expected.reason
  return { bare, ...expected.value }
}

async function replayed(scratch: Scratch, order: readonly Planned[], history: Live['history']): Promise<Expectation> {
  const applied = appliedSteps(order, history ?? [])
  const count = applied.steps.length
  if (count === 0) return { v1: await replay(scratch, { steps: order }), applied: undefined }
  const state = await replaySeeded(scratch, applied)
  return { v1: count === order.length ? state : await replay(scratch, { steps: order }), applied: { count, state } }
}

/** The migrations of the plan that the history names, in the order of the plan. Those that this checkout does not have are left out. */
export function appliedSteps(order: readonly Planned[], history: readonly HistoryRow[]): ReplayRequest {
  const has = new Set(history.map(idOf))
  const steps = order.filter(({ id }) => has.has(id))
  return { steps, part: steps.length === order.length ? undefined : 'what the history of the database names' }
}

function notesOn(
  { catalog, schemas, history, notes: ofReading }: Live,
  v1: Catalog,
  order: readonly Planned[],
): string[] {
  const notes = [...schemaNotes(catalog, schemas), ...ofReading]
  const chat = catalog.otherSchemas.find(({ name }) => name === CHAT_SCHEMA)
  if (chat !== undefined)
    notes.push(
      `Schema ${CHAT_SCHEMA} (${plural(chat.relations, 'relation')}) belongs to the chat server and was not audited.`,
    )
  if (majorOf(catalog) !== majorOf(v1))
    notes.push(
      `The database is PostgreSQL ${majorOf(catalog)}, V1 was replayed on ${majorOf(v1)}: bodies of functions and views are not compared.`,
    )
  const known = new Set(order.map(({ id }) => id))
  const strange = (history ?? []).map(idOf).filter((id) => !known.has(id))
  if (strange.length > 0)
    notes.push(`Applied, but not in this checkout: ${strange.join(', ')}. What they made is reported as drift.`)
  return notes
}
