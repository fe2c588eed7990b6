/** What `reset` drops → what is shown before the question, and its report. Pure. */
import { type ReportedDatabase, targetDocument } from '../report/target.ts'
import type { Lines, Report } from '../verb.ts'

export const dropLines =
  (objects: readonly string[]): Lines =>
  () =>
    objects.map((object) => `  drops ${object}`)

export const resetReport = (dropped: readonly string[], place: ReportedDatabase): Report => ({
  lines: () => [dropped.length === 0 ? 'Nothing to drop.' : `Dropped ${dropped.length} objects of public.`],
  document: { command: 'reset', target: targetDocument(place), dropped },
  exitCode: 0,
})
