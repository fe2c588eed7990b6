/**
 * Proof: new migrations can be run on a database in use. Statements of migrations that the main branch does not have are linted. They are
 * harmless on tables that the same change set creates; the replay knows which statement touched which object.
 */

import { inlined } from '../sql/literal.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { ProofFinding } from './finding.ts'
import type { MigrationRecord } from './record.ts'
import { type Remark, squawk, type Text } from './squawk.ts'
import { disabledRules } from './squawk-rules.ts'

/** `records`: of the whole plan, as far as it was replayed. Throws LinterError. */
export async function safetyFindings(
  fresh: readonly Planned[],
  records: readonly MigrationRecord[],
): Promise<ProofFinding[]> {
  const texts = fresh.map(toText)
  const of = (transaction: boolean) => texts.filter(({ migration }) => migration.transaction === transaction)
  const remarks = (
    await Promise.all([squawk(of(true), { inTransaction: true }), squawk(of(false), { inTransaction: false })])
  ).flat()
  const isHarmless = harmlessStatements(fresh, records)
  const byId = new Map(texts.map((text) => [text.name, text]))
  const silenced = new Set<string>()
  const found = remarks.flatMap((remark): ProofFinding[] => {
    const { migration, startLines } = byId.get(remark.name) as MigrationText
    const statement = startLines.findLastIndex((line) => line <= remark.line) + 1
    if (isHarmless(migration, statement)) return []
    if (remark.rule in migration.allow) {
      silenced.add(`${migration.id} ${remark.rule}`)
      return []
    }
    return [unsafe(migration, statement, remark)]
  })
  return [...found, ...fresh.flatMap((migration) => needless(migration, silenced))]
}

interface MigrationText extends Text {
  readonly migration: Planned
  /** The first line of each statement, from 0. */
  readonly startLines: readonly number[]
}

function toText(migration: Planned): MigrationText {
  const startLines: number[] = []
  let sql = ''
  let line = 0
  for (const statement of migration.render.up.statements) {
    startLines.push(line)
    const text = `${inlined(statement, migration.id)}\n;\n`
    sql += text
    line += text.split('\n').length - 1
  }
  return { name: migration.id, sql, migration, startLines }
}

/** A statement is harmless when all that it touches was created by the change set itself. */
function harmlessStatements(
  fresh: readonly Planned[],
  records: readonly MigrationRecord[],
): (migration: Planned, statement: number) => boolean {
  const ids = new Set(fresh.map(({ id }) => id))
  const created = new Set<string>()
  const touched = new Map<string, Set<string>>()
  for (const { migration, changes } of records) {
    if (!ids.has(migration.id)) continue
    for (const { step, statement, action, key, root } of changes) {
      if (step === 'down') continue
      if (action === 'create' && key === root) created.add(root)
      const place = `${migration.id} ${statement}`
      touched.set(place, (touched.get(place) ?? new Set()).add(root))
    }
  }
  return (migration, statement) => {
    const roots = touched.get(`${migration.id} ${statement}`)
    return roots !== undefined && [...roots].every((root) => created.has(root))
  }
}

function unsafe(migration: Planned, statement: number, { rule, message, help }: Remark): ProofFinding {
  const advice = help === null ? '' : `${help.replace(/\.?$/, '.')} `
  return {
    rule: `safety/${rule}`,
    severity: 'error',
    message: `${migration.id} statement ${statement}: ${message}`,
    remedy: `${advice}If it is safe here, say why in the migration: export const allow = { '${rule}': 'the reason' }`,
    file: migration.path,
    migration: migration.id,
    statement,
  }
}

function needless(migration: Planned, silenced: ReadonlySet<string>): ProofFinding[] {
  return Object.keys(migration.allow)
    .filter((rule) => !silenced.has(`${migration.id} ${rule}`))
    .map((rule) => ({
      rule: 'safety/needless-allow',
      severity: 'warning',
      message:
        `${migration.id} allows "${rule}", but nothing in it breaks that rule` +
        `${rule in disabledRules ? ', which is off for all migrations' : ''}.`,
      remedy: 'Remove it from allow, or correct its name.',
      file: migration.path,
      migration: migration.id,
    }))
}
