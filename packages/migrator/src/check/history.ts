/** Proof: migrations.lock keeps the lines of the main branch unchanged and in their order, and new lines stand after them. Pure. */
import type { Graph } from '../workspace/graph.ts'
import { LOCKFILE } from '../workspace/lockfile.ts'
import type { Base } from '../workspace/main-branch.ts'
import type { NumberedLine } from '../workspace/survey.ts'
import type { ProofFinding } from './finding.ts'

export function historyFindings(
  { ref, lines: base }: Base,
  lines: readonly NumberedLine[],
  graph: Graph,
): ProofFinding[] {
  const here = new Map(lines.map((line) => [line.id, line]))
  const finding = (rule: string, id: string, message: string, remedy: string): ProofFinding => ({
    rule: `history/${rule}`,
    severity: 'error',
    message,
    remedy,
    file: LOCKFILE,
    migration: id,
  })
  const found: ProofFinding[] = []
  let last: NumberedLine | undefined
  for (const { id, checksum } of base) {
    const line = here.get(id)
    if (line === undefined) {
      found.push(
        finding(
          'removed-line',
          id,
          `${LOCKFILE} no longer has ${id}, which ${ref} has.`,
          `Put the line back: git show ${ref}:${LOCKFILE}`,
        ),
      )
      continue
    }
    if (line.checksum !== checksum) {
      const message = `${LOCKFILE} line ${line.line} records other SQL for ${id} than ${ref} does.`
      const remedy = 'Databases may have it as it is there: undo the edit, restore the line, and write a new migration.'
      found.push(finding('edited-line', id, message, remedy))
    }
    if (last !== undefined && line.line < last.line) {
      const message = `${LOCKFILE} has ${id} on line ${line.line}, before ${last.id} on line ${last.line}; on ${ref} it stands behind it.`
      found.push(finding('moved-line', id, message, `Restore the order of ${ref}: npx nx run migrator:lock --renumber`))
    } else last = line
  }
  return [...found, ...pushedIn(ref, base, lines, graph, finding)]
}

/**
 * Finds each new line that stands before a line of the main branch whose domain builds on the new line's domain. A database may already
 * have the later migration without the new one, and every run on that database would be refused. Lines of unrelated domains may stand in
 * any order.
 */
function pushedIn(
  ref: string,
  base: Base['lines'],
  lines: readonly NumberedLine[],
  graph: Graph,
  finding: (rule: string, id: string, message: string, remedy: string) => ProofFinding,
): ProofFinding[] {
  const settled = new Set(base.map(({ id }) => id))
  const domainOf = ({ id }: NumberedLine) => id.split('/')[0] as string
  const known = new Set(graph.order)
  // The last line of each domain on the main branch is enough: a new line before any line of the domain is also before its last line.
  const lastOfDomain = new Map(lines.filter(({ id }) => settled.has(id)).map((line) => [domainOf(line), line]))
  return lines
    .filter(({ id }) => !settled.has(id))
    .flatMap((line) => {
      const later = [...lastOfDomain].find(
        ([domain, last]) => last.line > line.line && known.has(domain) && graph.closure(domain).has(domainOf(line)),
      )?.[1]
      if (later === undefined) return []
      const message =
        `${LOCKFILE} has the new ${line.id} on line ${line.line}, before ${later.id} on line ${later.line}, ` +
        `which builds on ${domainOf(line)} and is on ${ref} already.`
      return [
        finding(
          'new-line-before',
          line.id,
          message,
          'Move the new lines to the end: npx nx run migrator:lock --renumber',
        ),
      ]
    })
}
