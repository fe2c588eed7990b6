import { HOME, sqlName } from '../catalog/place.ts'
import type { Catalog, Routine } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Breach, Rule } from './finding.ts'
import { routineName } from './subject.ts'

const PATH = 'search_path='
/** Nobody calls such a function: a trigger does, whatever rights its user has. */
const FOR_TRIGGERS = /^\s*RETURNS (event_)?trigger$/im

/** The schemas of a search_path, without quotes. */
const schemasIn = (path: string): string[] =>
  path
    .split(',')
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
    .filter((name) => name !== '')

/** The schemas in which everybody may create objects. */
function openSchemas({ objects = [] }: Catalog): Set<string> {
  const open = objects.filter(
    ({ kind, grants = [] }) =>
      kind === 'schema' && grants.some(({ to, privileges }) => to === 'PUBLIC' && privileges.some(isCreate)),
  )
  return new Set(open.map(({ name }) => name))
}

const isCreate = (privilege: string): boolean => /^CREATE\b/.test(privilege)

export const securityDefiner: Rule = {
  name: 'security-definer',
  severity: 'error',
  stake: 'exposure',
  summary:
    'A function that runs with its owner’s rights sets its search_path, to schemas in which only trusted roles create.',
  consequence:
    'Whoever calls it chooses the search_path, and with it which tables and functions the names in its body mean: they run their own code ' +
    'with the rights of its owner.',

  *find({ catalog }) {
    const open = openSchemas(catalog)
    for (const routine of catalog.functions) {
      if (routine.securityDefiner !== true || routine.extension !== null) continue
      const fault = pathFault(routine, open)
      if (fault !== undefined) yield { table: null, column: null, ...fault }
      const everybody = (routine.grants ?? []).some(({ to }) => to === 'PUBLIC')
      if (!everybody || FOR_TRIGGERS.test(routine.definition ?? '')) continue
      const name = routineName(routine)
      yield {
        table: null,
        column: null,
        found: `${name} is SECURITY DEFINER, and PUBLIC may execute it`,
        expected: 'EXECUTE for the roles that need it',
        remedy: `REVOKE EXECUTE ON ROUTINE ${name} FROM PUBLIC, then GRANT it to those roles.`,
        severity: 'warning',
        // Some are made to be called by everybody, and check what they are asked for themselves.
        confidence: 'medium',
        pattern: 'SECURITY DEFINER functions that PUBLIC may execute',
      }
    }
  },
}

function pathFault(routine: Routine, open: ReadonlySet<string>): Omit<Breach, 'table' | 'column'> | undefined {
  const name = routineName(routine)
  const own = sqlName({ schema: routine.schema, name: '' }).replace(/""$/, '').replace(/\.$/, '') || HOME
  const set = `ALTER ROUTINE ${name} SET search_path = pg_catalog, ${own}, pg_temp`
  const path = routine.settings?.find((setting) => setting.startsWith(PATH))?.slice(PATH.length)
  const what = `${name} is SECURITY DEFINER`
  const expected = 'a search_path of its own, with pg_temp last'
  if (path === undefined) return { found: `${what} and sets no search_path`, expected, remedy: set }
  const schemas = schemasIn(path)
  const loose = schemas.find((schema) => schema === '$user' || open.has(schema))
  if (loose !== undefined) {
    const why = loose === '$user' ? 'which is the caller’s own schema' : 'in which everybody may create objects'
    const remedy =
      loose === '$user' ? set : `REVOKE CREATE ON SCHEMA ${quoted(loose)} FROM PUBLIC, or leave the schema out: ${set}`
    return { found: `${what} with search_path ${path}: it has ${quoted(loose)}, ${why}`, expected, remedy }
  }
  // With nothing but pg_catalog in the path, the body has to name the schema of every table anyway.
  const isBare = schemas.every((schema) => schema === 'pg_catalog')
  if (isBare || schemas.at(-1) === 'pg_temp') return undefined
  return {
    found: `${what} with search_path ${path}: temporary tables of the caller are found before the tables of these schemas`,
    expected,
    remedy: `ALTER ROUTINE ${name} SET search_path = ${[...schemas.filter((schema) => schema !== 'pg_temp'), 'pg_temp'].map(quoted).join(', ')}`,
    severity: 'warning',
    confidence: 'medium',
  }
}
