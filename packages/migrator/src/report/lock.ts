/** What `lock` wrote, or with `--check` would write → its report. Pure. */
import type { Report } from '../verb.ts'
import { LOCKFILE } from '../workspace/lockfile.ts'
import type { LockChange } from '../workspace/relock.ts'
import type { Renumbering } from '../workspace/renumber.ts'
import { changeLine, renumberDocument, renumberLines } from './renumber.ts'

export interface Locked {
  readonly change: LockChange
  readonly check: boolean
  /** What `--renumber` did. Its lines were shown before, since renumbering comes first; here it goes into the document. */
  readonly renumbering?: Renumbering | undefined
}

export function lockReport({ change, check, renumbering }: Locked): Report {
  const { appended, updated, dropped, lines } = change
  const differs = appended.length + updated.length + dropped.length > 0
  return {
    lines: ({ paint }) => [
      ...appended.map((id) => changeLine(paint, 'green', 'appended', id)),
      ...updated.map((id) => changeLine(paint, 'yellow', 'updated', id)),
      ...dropped.map((id) => changeLine(paint, 'yellow', 'dropped', id)),
      differs
        ? `${LOCKFILE} ${check ? 'would have' : 'has'} ${lines.length} migrations.`
        : `${LOCKFILE} is up to date: ${lines.length} migrations.`,
    ],
    document: {
      command: 'lock',
      check,
      ...(renumbering === undefined ? {} : renumberDocument(renumbering)),
      appended,
      updated,
      dropped,
      total: lines.length,
    },
    exitCode: check && differs ? 1 : 0,
  }
}

/** For `--renumber --check` if files would be renamed: what `lock` itself would add is known only after the files have their new names. */
export const renumberReport = (renumbering: Renumbering): Report => ({
  lines: ({ paint }) => renumberLines(renumbering, paint),
  document: { command: 'lock', check: true, ...renumberDocument(renumbering) },
  exitCode: 1,
})
