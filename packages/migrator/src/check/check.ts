/** All proofs, in order. When one fails, the others are still made, as far as their input exists. */
import { readFileSync } from 'node:fs'
import { plural } from '../errors.ts'
import { whatEdited } from '../workspace/edit.ts'
import { readPrecedence } from '../workspace/precedence.ts'
import { likelyOrder, type Survey, survey } from '../workspace/survey.ts'
import type { Planned } from '../workspace/workspace.ts'
import { type AskedBase, type FoundBase, findBase, noBaseFindings } from './base.ts'
import { conventionFindings } from './conventions.ts'
import { edgeFindings } from './edges.ts'
import type { Proof, ProofFinding, Severity } from './finding.ts'
import { type CompareGenerated, type GeneratedFiles, generatedFindings } from './generated.ts'
import { historyFindings } from './history.ts'
import { binariesOf } from './matrix.ts'
import { orderFindings } from './order.ts'
import { ownTableFindings } from './own-tables.ts'
import { ownership } from './owners.ts'
import { ownershipFindings } from './ownership.ts'
import { type Proving, prove, timed } from './proving.ts'
import type { MigrationRecord } from './record.ts'
import { replayFindings } from './replay-findings.ts'
import { irreversible, reversibilityFindings } from './reversibility.ts'
import { safetyFindings } from './safety.ts'

export interface CheckOptions {
  /** A folder in the workspace. */
  readonly from: string
  readonly base?: AskedBase
  /** Severity if the main branch is not known and --no-base was not given. Default `warning`; for CI pass `error`. */
  readonly noBase?: Severity
  /** Compares the generated files with what the migrations build. Without it the proof `types` is left out. */
  readonly generated?: CompareGenerated
  /** Major versions of PostgreSQL besides the workspace's own. */
  readonly postgres: readonly number[]
  readonly signal: AbortSignal
  /** Called with a text that says which step begins. */
  readonly onProgress?: (words: string) => void
}

export interface Checked {
  readonly root: string
  /** The versions of PostgreSQL on which the plan was replayed. */
  readonly versions: readonly string[]
  readonly migrations: number
  readonly domains: number
  readonly proofs: readonly Proof[]
}

/** Throws what survey, likelyOrder, findBase, prove, safetyFindings and binariesOf throw. Broken rules are findings, not errors. */
export async function check({
  from,
  base: asked,
  noBase = 'warning',
  generated,
  postgres,
  signal,
  onProgress = () => {},
}: CheckOptions): Promise<Checked> {
  const proofs: Proof[] = []
  const proof = async (name: string, work: () => Proven | Promise<Proven>, extraMs = 0): Promise<void> => {
    const startedAt = performance.now()
    const { proven, findings = [], checked = true } = await work()
    proofs.push({ name, proven, checked, findings, durationMs: performance.now() - startedAt + extraMs })
  }

  const startedAt = performance.now()
  const found = survey(from)
  const base = findBase(found.root, asked)
  const order = await likelyOrder(found)
  await proof('order', () => inOrder(found, order, base, asked), performance.now() - startedAt)
  await proof('history', () => asOnMain(found, base, noBase))

  onProgress('the plan is replayed')
  // The comparison runs on the same throw-away server and at the same time: it shares only the plan with the other replays.
  const comparing = generated && timed(() => generated({ ...found, lock: found.lines, order }))
  comparing?.catch(() => {})
  const proving = await prove({ ...found, order, signal })
  const { records, failure } = proving.replay
  await proof('replay', () => replayed(order, proving), Math.max(proving.replayMs, proving.runMs))
  const part = failure === undefined ? '' : `, up to ${failure.migration.id}`
  const owned = ownership(records, proving.replay.own)
  await proof('ownership', () => ({
    proven: `${plural(
      records.reduce((sum, { changes }) => sum + changes.length, 0),
      'change',
    )} of ${plural(owned.owners.size, 'object')}${part}`,
    findings: [...ownershipFindings(records, owned, found), ...ownTableFindings(records, proving.replay.own)],
  }))
  await proof('edges', () => {
    const declared = found.domains.reduce((sum, { dependencies }) => sum + dependencies.length, 0)
    const proven = `${plural(owned.references.length, 'reference')} between domains, ${plural(declared, 'declared dependency', 'declared dependencies')}${part}`
    // After a failure nothing is reported: a migration that was not replayed may use the dependency.
    return {
      proven,
      findings:
        failure === undefined
          ? edgeFindings({ ...found, references: owned.references, imports: importsIn(found) })
          : [],
    }
  })
  await proof('reversibility', () => {
    const kept = irreversible(records)
    const exceptions = kept.length === 0 ? '' : `; declared irreversible: ${kept.join(', ')}`
    const proven = `${plural(records.length - kept.length, 'migration')} up and down again${part}${exceptions}`
    return { proven, findings: reversibilityFindings(records) }
  })
  await proof('conventions', () => {
    const { run } = proving
    if (run.outcome === 'failed') return { proven: 'the plan cannot be applied', checked: false }
    return { proven: plural(run.catalog.tables.length, 'table'), findings: conventionFindings(run.catalog, records) }
  })
  await proof('safety', async () => {
    if (failure !== undefined) return { proven: 'the plan cannot be applied', checked: false }
    return safe(order, base, records)
  })
  if (comparing !== undefined) {
    const outcome = await comparing.catch((error) => {
      // The findings of the replay already explain why the plan cannot be applied.
      if (proving.run.outcome === 'failed' || failure !== undefined) return undefined
      throw error
    })
    await proof('types', () => upToDate(outcome?.value), outcome?.ms)
  }

  const versions = [proving.replay.version]
  for (const major of postgres) {
    onProgress(`the plan is replayed on PostgreSQL ${major}`)
    const native = await binariesOf(found.root, major)
    if (native === undefined) continue
    const other = await prove({ ...found, order, signal, binaries: { major, native } })
    versions.push(other.replay.version)
    await proof(`postgres ${major}`, () => onAnother(order, other), Math.max(other.replayMs, other.runMs))
  }
  return { root: found.root, versions, migrations: order.length, domains: found.domains.length, proofs }
}

interface Proven {
  readonly proven: string
  readonly findings?: readonly ProofFinding[]
  readonly checked?: boolean
}

function inOrder(found: Survey, order: readonly Planned[], base: FoundBase, asked: AskedBase): Proven {
  return {
    proven: `${plural(found.lines.length, 'line')} of migrations.lock, ${plural(found.domains.length, 'domain')}`,
    findings: orderFindings({
      survey: found,
      rendered: order,
      ...firstComers(found, base, asked),
      editOf: (migration, line) => whatEdited(found, migration, line),
    }),
  }
}

/** Which of two files with the same number came first, as `lock --renumber` decides it; git is asked only if a number occurs twice. */
function firstComers(
  { root, files, lines }: Survey,
  base: FoundBase,
  asked: AskedBase,
): { base: readonly string[]; earlier?: readonly string[] } {
  const isNumberedOnce = new Set(files.map(({ domain, number }) => `${domain} ${number}`)).size === files.length
  if (isNumberedOnce) return { base: 'missing' in base ? [] : base.lines.map(({ id }) => id) }
  const { settled, earlier } = readPrecedence(root, asked || undefined, new Set(lines.map(({ id }) => id)))
  return { base: settled.map(({ id }) => id), earlier }
}

function asOnMain(found: Survey, base: FoundBase, noBase: Severity): Proven {
  if ('missing' in base) return { proven: base.missing, checked: false, findings: noBaseFindings(base, noBase) }
  return {
    proven: `${plural(base.lines.length, 'line')} of ${base.ref} (${base.commit.slice(0, 10)})`,
    findings: historyFindings(base, found.lines, found.graph),
  }
}

/**
 * A statement that is unsafe on a table in use is harmless on a table that the same change set creates. Without the main branch every
 * migration and table counts as new, so such statements cannot be found: the rest is checked, and the proof does not count as made.
 */
async function safe(order: readonly Planned[], base: FoundBase, records: readonly MigrationRecord[]): Promise<Proven> {
  if ('missing' in base) {
    const proven = `nothing tells which of ${plural(order.length, 'migration')} are new`
    return { proven, checked: false, findings: await safetyFindings(order, records) }
  }
  const settled = new Set(base.lines.map(({ id }) => id))
  const fresh = order.filter(({ id }) => !settled.has(id))
  return { proven: plural(fresh.length, 'new migration'), findings: await safetyFindings(fresh, records) }
}

function upToDate(files: GeneratedFiles | undefined): Proven {
  if (files === undefined) return { proven: 'the plan cannot be applied', checked: false }
  if ('missing' in files) return { proven: files.missing, checked: false }
  return { proven: plural(files.compared, 'generated file'), findings: generatedFindings(files.stale) }
}

function replayed(order: readonly Planned[], proving: Proving): Proven {
  const statements = order.reduce((sum, { render }) => sum + render.up.statements.length, 0)
  return {
    proven: `${plural(order.length, 'migration')}, ${plural(statements, 'statement')} on PostgreSQL ${proving.replay.version}`,
    findings: replayFindings(proving, order),
  }
}

/** Only replay and reversibility: the other proofs are made once, on the workspace's own major version. */
function onAnother(order: readonly Planned[], proving: Proving): Proven {
  const { version, records } = proving.replay
  const findings = [...replayFindings(proving, order), ...reversibilityFindings(records)]
  return {
    proven: `${plural(order.length, 'migration')} up and down on PostgreSQL ${version}`,
    findings: findings.map((finding) => ({ ...finding, message: `On PostgreSQL ${version}: ${finding.message}` })),
  }
}

/** Whether a migration of a domain imports code of a package. */
function importsIn({ files }: Survey): (domain: { readonly name: string }, packageName: string) => boolean {
  return ({ name }, packageName) =>
    files.some(
      ({ domain, file }) => domain === name && new RegExp(`['"]${packageName}[/'"]`).test(readFileSync(file, 'utf8')),
    )
}
