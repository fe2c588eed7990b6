/** Proof: migrations.lock holds every migration once, in an order that the graph allows, with the checksum of what it renders. Pure. */
import { type MigrationFile, padded } from '../workspace/load.ts'
import { LOCKFILE, misplaced } from '../workspace/lockfile.ts'
import { renumbering } from '../workspace/settle.ts'
import type { NumberedLine, Survey } from '../workspace/survey.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { ProofFinding } from './finding.ts'

/** Why an old migration renders other SQL, as far as git can tell. */
export type Edit =
  | { readonly by: 'file' }
  /** Paths of modules that the migration uses. */
  | { readonly by: 'helpers'; readonly helpers: readonly string[] }
  | { readonly by: 'unknown'; readonly helpers: readonly string[] }

export interface OrderGiven {
  readonly survey: Survey
  readonly rendered: readonly Planned[]
  readonly base: readonly string[]
  readonly whatEdited: (migration: Planned, line: NumberedLine) => Edit
}

export function orderFindings({ survey, rendered, base, whatEdited }: OrderGiven): ProofFinding[] {
  const { lines, files, graph } = survey
  const lineOf = new Map(lines.map((line) => [line.id, line]))
  const byId = new Map(files.map((file) => [file.id, file]))
  const { matched, lonely, fresh } = pairUp(lines, rendered, byId)
  return [
    ...survey.unreadable.map(unreadable),
    ...survey.repeated.map(repeated),
    ...numbers(survey, base),
    ...matched.map(({ line, migration }) => renamed(line, migration)),
    ...lonely.map((line) => withoutFile(line, survey)),
    ...fresh.map(withoutLine),
    ...rendered.flatMap((migration) => {
      const line = lineOf.get(migration.id)
      return line === undefined || line.checksum === migration.checksum
        ? []
        : [edited(migration, line, whatEdited(migration, line))]
    }),
    ...[
      ...misplaced(
        lines.flatMap(({ id }) => byId.get(id) ?? []),
        graph,
      ),
    ].map(({ id, dependency }) => outOfOrder(lineOf.get(id)!, lineOf.get(dependency)!)),
  ]
}

interface Pairs {
  readonly matched: readonly { readonly line: NumberedLine; readonly migration: Planned }[]
  readonly lonely: readonly NumberedLine[]
  readonly fresh: readonly Planned[]
}

/** A line without its file and a file without its line that render the same are one migration under a new name. */
function pairUp(
  lines: readonly NumberedLine[],
  rendered: readonly Planned[],
  byId: ReadonlyMap<string, MigrationFile>,
): Pairs {
  const locked = new Set(lines.map(({ id }) => id))
  const fresh = new Set(rendered.filter(({ id }) => !locked.has(id)))
  const matched: { line: NumberedLine; migration: Planned }[] = []
  const lonely: NumberedLine[] = []
  for (const line of lines.filter(({ id }) => !byId.has(id))) {
    const domain = line.id.split('/')[0]
    const migration = [...fresh].find((one) => one.domain === domain && one.checksum === line.checksum)
    if (migration === undefined) lonely.push(line)
    else {
      fresh.delete(migration)
      matched.push({ line, migration })
    }
  }
  return { matched, lonely, fresh: [...fresh] }
}

const error = (rule: string, file: string, message: string, remedy: string, migration?: string): ProofFinding => ({
  rule: `order/${rule}`,
  severity: 'error',
  message,
  remedy,
  file,
  ...(migration === undefined ? {} : { migration }),
})

const unreadable = ({ line, text }: Survey['unreadable'][number]): ProofFinding =>
  error(
    'unreadable-line',
    LOCKFILE,
    `${LOCKFILE} line ${line} is not "<domain>/<nnn>_<words> <sha256>": "${text}".`,
    'If a merge left conflict markers there, keep the lines of both sides.',
  )

const repeated = ({ id, lines }: Survey['repeated'][number]): ProofFinding =>
  error(
    'line-twice',
    LOCKFILE,
    `${LOCKFILE} names ${id} twice, on the lines ${lines.join(' and ')}.`,
    'Remove the later one.',
    id,
  )

function numbers({ domains, files, lines }: Survey, base: readonly string[]): ProofFinding[] {
  const renamings = renumbering({ files, lines, base })
  return domains.flatMap(({ name }) => {
    const mine = files.filter(({ domain }) => domain === name)
    return mine.flatMap((file, index): ProofFinding[] => {
      const before = mine[index - 1]
      if (before?.number === file.number) return [twice(before, file, renamings)]
      const expected = (before?.number ?? 0) + 1
      if (file.number === expected) return []
      return [
        error(
          'number-gap',
          file.path,
          `The domain ${name} has no migration number ${padded(expected)}, but ${file.path} comes after it.`,
          'Restore the missing file; if it was never merged, close the gap: npx nx run migrator:lock --renumber',
          file.id,
        ),
      ]
    })
  })
}

function twice(one: MigrationFile, other: MigrationFile, renamings: ReturnType<typeof renumbering>): ProofFinding {
  const moves = renamings.filter(({ file }) => file === one || file === other)
  const { file, name } = moves[0] ?? { file: other, name: `${padded(other.number + 1)}_...` }
  return error(
    'number-twice',
    file.path,
    `The domain ${one.domain} has two migrations with the number ${padded(one.number)}: ${one.path} and ${other.path}.`,
    `Renumber ${file.path}, which came later, to ${name}.ts: npx nx run migrator:lock --renumber`,
    file.id,
  )
}

const renamed = (line: NumberedLine, { id, path }: Planned): ProofFinding =>
  error(
    'renumbered',
    path,
    `${line.id}, line ${line.line} of ${LOCKFILE}, is now called ${id}: ${path} renders the same SQL.`,
    `Give the file its old name back, since a database that has it knows it as ${line.id}. If none has it: npx nx run migrator:lock --update`,
    id,
  )

function withoutFile(line: NumberedLine, { domains }: Survey): ProofFinding {
  const [domain, name] = line.id.split('/')
  const path = `${domains.find((one) => one.name === domain)?.path ?? `packages/${domain}-schema`}/src/migrations/${name}.ts`
  return error(
    'line-without-file',
    LOCKFILE,
    `${LOCKFILE} line ${line.line} names ${line.id}, but there is no file ${path}.`,
    'Restore the file. If no database has the migration, drop the line with: npx nx run migrator:lock --update',
    line.id,
  )
}

const withoutLine = ({ id, path }: Planned): ProofFinding =>
  error('missing-line', path, `${id} is missing from ${LOCKFILE}.`, 'Record it with: npx nx run migrator:lock', id)

function edited({ id, path }: Planned, { line }: NumberedLine, edit: Edit): ProofFinding {
  const why = {
    file: () => `${path} has been edited.`,
    helpers: (names: string) => `${path} is as it was, but ${names}, which it uses, has been edited.`,
    unknown: (names: string) => `${path} has been edited${names === '' ? '' : `, or what it uses: ${names}`}.`,
  }
  const names = edit.by === 'file' ? '' : edit.helpers.join(' and ')
  return error(
    edit.by === 'helpers' ? 'edited-helper' : 'edited',
    path,
    `${id} renders other SQL than ${LOCKFILE} recorded on line ${line}: ${why[edit.by](names)}`,
    'If any database may have it, undo the edit and write a new migration. ' +
      'If none has, record the new text with: npx nx run migrator:lock --update',
    id,
  )
}

const outOfOrder = (line: NumberedLine, dependency: NumberedLine): ProofFinding =>
  error(
    'wrong-order',
    LOCKFILE,
    `${LOCKFILE} has ${line.id} on line ${line.line}, before ${dependency.id} on line ${dependency.line}, which it builds on.`,
    `Move the line of ${dependency.id} above it if no database has ${line.id} yet; lines are otherwise only ever appended.`,
    line.id,
  )
