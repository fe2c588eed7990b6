/** A difference → what happened and what to do about it, in words. Pure. */

import { aboutText } from '../../catalog/about.ts'
import type { CatalogDifference } from '../../catalog/difference.ts'
import { quoted } from '../../sql/names.ts'
import type { Drift } from './drifted.ts'

/** What is several of its kind: `rights of PUBLIC on table users were added`. */
const PLURAL: ReadonlySet<CatalogDifference['kind']> = new Set(['grant', 'options', 'default privileges', 'statistics'])

function whatText({ kind, change, renamedTo }: CatalogDifference): string {
  const verb = PLURAL.has(kind) ? 'were' : 'was'
  if (renamedTo !== undefined) return `${verb} renamed to ${kind === 'function' ? renamedTo : quoted(renamedTo)}`
  return `${verb} ${{ missing: 'dropped', added: 'added', changed: 'changed' }[change]}`
}

/** `column users.email was changed by hand; core/002_users made it`. */
export function driftText(drift: Drift): string {
  return `${aboutText(drift)} ${whatText(drift)} by hand${originText(drift)}`
}

const OF_TABLE: ReadonlySet<CatalogDifference['kind']> = new Set(['policy', 'rule', 'statistics', 'row'])

function originText({ kind, of, change, maker }: Drift): string {
  const by = maker?.migration ?? maker?.domain
  if (by === undefined) return ''
  const isOfTable = OF_TABLE.has(of ?? kind) || (of === undefined && change === 'added')
  return isOfTable ? `; ${by} made its table` : `; ${by} made it`
}

export function remedyText(drift: Drift): string {
  const { kind, change, maker } = drift
  const back = renameBack(drift)
  if (back !== undefined) return `${back}, or write a migration that renames it everywhere.`
  const sql = statementFor(drift)
  if (sql !== undefined) return sql
  if (change === 'added') return 'Write a migration that adds it, or drop it.'
  if (kind === 'row')
    return 'Bring the row back to what the migration inserted, or write a migration that makes the change everywhere.'
  const by = maker?.migration ?? (maker === undefined ? 'a migration' : 'the migrator')
  return `Bring it back to what ${by} made, or write a migration that makes the change everywhere.`
}

const SQL_KINDS: Readonly<Partial<Record<CatalogDifference['kind'], string>>> = {
  table: 'TABLE',
  view: 'VIEW',
  function: 'ROUTINE',
  type: 'TYPE',
  sequence: 'SEQUENCE',
  schema: 'SCHEMA',
}

function renameBack({ kind, table, name, renamedTo }: Drift): string | undefined {
  if (renamedTo === undefined) return undefined
  if (kind === 'table') return `ALTER TABLE ${quoted(renamedTo)} RENAME TO ${quoted(name)}`
  return kind === 'column' && table !== null
    ? `ALTER TABLE ${quoted(table)} RENAME COLUMN ${quoted(renamedTo)} TO ${quoted(name)}`
    : undefined
}

/** Where one statement puts it right. */
function statementFor({ kind, of, name, change, found, expected, role }: Drift): string | undefined {
  const object =
    of && SQL_KINDS[of] && `${SQL_KINDS[of]} ${of === 'function' ? name : name.split('.').map(quoted).join('.')}`
  if (kind === 'owner' && object) return `ALTER ${object} OWNER TO ${quoted(expected!)}`
  if (kind === 'grant' && change === 'added' && object && role)
    // A view is a table for GRANT and REVOKE.
    return `REVOKE ${found!.replaceAll(' WITH GRANT OPTION', '')} ON ${object.replace(/^VIEW/, 'TABLE')} FROM ${role === 'PUBLIC' ? role : quoted(role)}`
  return undefined
}
