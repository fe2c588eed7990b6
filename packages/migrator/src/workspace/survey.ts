/**
 * The workspace as it is, also in the middle of a merge: wrong numbers and lines are collected, and no error is thrown for them.
 * A workspace that no plan can be made of (no domain, a circle of dependencies, a file that cannot be imported) still is an error.
 */
import { type MigrationFile, migrationFiles } from './load.ts'
import { appendOrder, type LockLine, parseLockfile } from './lockfile.ts'
import { type Planned, readDomains, renderAll, type WorkspaceDomains } from './workspace.ts'

/** A line of migrations.lock with its number, from 1. */
export interface NumberedLine extends LockLine {
  readonly line: number
}

interface RepeatedLine {
  readonly id: string
  readonly lines: readonly [first: number, second: number]
  /** Whether both record the same SQL. */
  readonly isSame: boolean
}

export interface Survey extends WorkspaceDomains {
  readonly files: readonly MigrationFile[]
  /** Lines that can be read, each id once. */
  readonly lines: readonly NumberedLine[]
  /** Lines that cannot be read, such as the markers of a conflict. */
  readonly unreadable: readonly { readonly line: number; readonly text: string }[]
  /** Ids that stand on two lines; `lines` has the first one only. */
  readonly repeated: readonly RepeatedLine[]
}

/** Throws what readDomains and migrationFiles throw. */
export function survey(from: string): Survey {
  const { lockText, ...found } = readDomains(from)
  return { ...found, files: found.domains.flatMap(migrationFiles), ...readLines(lockText) }
}

/** Every migration once, in the order of the lines; then those without one, as `lock` would append them. Throws what renderAll throws. */
export async function likelyOrder({ files, lines, graph }: Survey): Promise<Planned[]> {
  const byId = new Map(files.map((file) => [file.id, file]))
  const locked = lines.flatMap(({ id }) => byId.get(id) ?? [])
  const rest = new Set(files)
  for (const file of locked) rest.delete(file)
  const rendered = await renderAll([...locked, ...appendOrder([...rest], graph)])
  return rendered.map((migration, index) => ({ ...migration, position: index + 1 }))
}

export const readableLines = (text: string): readonly LockLine[] => readLines(text).lines

function readLines(text: string): Pick<Survey, 'lines' | 'unreadable' | 'repeated'> {
  const rows = text.split(/\r?\n/)
  if (rows.at(-1) === '') rows.pop()
  const lines = new Map<string, NumberedLine>()
  const unreadable: { line: number; text: string }[] = []
  const repeated: RepeatedLine[] = []
  for (const [index, row] of rows.entries()) {
    const line = index + 1
    const read = readLine(row)
    const before = lines.get(read?.id ?? '')
    if (read === undefined) unreadable.push({ line, text: row })
    else if (before !== undefined)
      repeated.push({ id: read.id, lines: [before.line, line], isSame: before.checksum === read.checksum })
    else lines.set(read.id, { ...read, line })
  }
  return { lines: [...lines.values()], unreadable, repeated }
}

function readLine(row: string): LockLine | undefined {
  try {
    return parseLockfile(row)[0]
  } catch {
    return undefined
  }
}
