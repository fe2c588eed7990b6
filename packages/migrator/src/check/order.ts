/** Proof: migrations.lock holds every migration once, in an order that the graph allows, with the checksum of what it renders. Pure. */
import {
  type Edit,
  EditedMigrationError,
  LockfileDuplicateError,
  LockfileOrderError,
  LockfileSyntaxError,
  NumberGapError,
  UnlockedMigrationError,
} from '../workspace/errors.ts'
import { wrongNumbers } from '../workspace/load.ts'
import { LOCKFILE, misplaced, withoutFile } from '../workspace/lockfile.ts'
import { pairUp } from '../workspace/renamed.ts'
import { renumbering } from '../workspace/settle.ts'
import type { NumberedLine, Survey } from '../workspace/survey.ts'
import type { Planned } from '../workspace/workspace.ts'
import { findingFrom, type ProofFinding } from './finding.ts'

export interface OrderGiven {
  readonly survey: Survey
  readonly rendered: readonly Planned[]
  /** Ids of the main branch, in its order. */
  readonly base: readonly string[]
  /** Ids that come right after those of the base. */
  readonly earlier?: readonly string[]
  readonly editOf: (migration: Planned, line: NumberedLine) => Edit
}

/** All failures at once, where other verbs throw only the first one. */
export function orderFindings({ survey, rendered, base, earlier = [], editOf }: OrderGiven): ProofFinding[] {
  const { lines, files, graph } = survey
  const lineOf = new Map(lines.map((line) => [line.id, line]))
  const byId = new Map(files.map((file) => [file.id, file]))
  const { renamed, lonely, fresh } = pairUp(lines, rendered)
  const ordered = lines.flatMap(({ id }) => byId.get(id) ?? [])
  return [
    ...survey.unreadable.map((line) =>
      findingFrom(new LockfileSyntaxError(line), 'order/unreadable-line', { file: LOCKFILE }),
    ),
    ...survey.repeated.map((line) =>
      findingFrom(new LockfileDuplicateError(line), 'order/line-twice', { file: LOCKFILE, migration: line.id }),
    ),
    ...numberFindings(survey, base, earlier),
    ...[...renamed].map(([line, migration]) =>
      findingFrom(withoutFile(line, line.line, files, migration), 'order/renumbered', placeOf(migration)),
    ),
    ...lonely.map((line) =>
      findingFrom(withoutFile(line, line.line, files), 'order/line-without-file', {
        file: LOCKFILE,
        migration: line.id,
      }),
    ),
    ...fresh.map((migration) =>
      findingFrom(new UnlockedMigrationError({ ids: [migration.id] }), 'order/missing-line', placeOf(migration)),
    ),
    ...rendered.flatMap((migration) => {
      const line = lineOf.get(migration.id)
      if (line === undefined || line.checksum === migration.checksum) return []
      return [edited(migration, line, editOf(migration, line))]
    }),
    ...[...misplaced(ordered, graph)].map(({ id, dependency }) => {
      const [line, dependencyLine] = [lineOf.get(id)!.line, lineOf.get(dependency)!.line]
      const error = new LockfileOrderError({ id, line, dependency, dependencyLine })
      return findingFrom(error, 'order/wrong-order', { file: LOCKFILE, migration: id })
    }),
  ]
}

const placeOf = ({ path, id }: Planned) => ({ file: path, migration: id })

function numberFindings(
  { domains, files, lines }: Survey,
  base: readonly string[],
  earlier: readonly string[],
): ProofFinding[] {
  const renamings = renumbering({ files, lines, base, earlier })
  const idOf = new Map(files.map(({ path, id }) => [path, id]))
  return domains.flatMap(({ name }) => {
    const own = files.filter(({ domain }) => domain === name)
    return [...wrongNumbers(name, own, renamings)].map((error) => {
      const isGap = error instanceof NumberGapError
      const file = isGap ? error.file : (error.renaming?.file ?? (error.files.at(-1) as string))
      const migration = idOf.get(file) as string
      return findingFrom(error, isGap ? 'order/number-gap' : 'order/number-twice', { file, migration })
    })
  })
}

function edited(migration: Planned, { id, line }: NumberedLine, edit: Edit): ProofFinding {
  const error = new EditedMigrationError({ id, line, file: migration.path, edit })
  return findingFrom(error, edit.by === 'helpers' ? 'order/edited-helper' : 'order/edited', placeOf(migration))
}
