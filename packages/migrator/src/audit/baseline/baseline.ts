/** The baseline: known and accepted findings in a file that a team commits. Only findings that are not in it fail the audit. */
import { readFileSync } from 'node:fs'
import { OutputFileError, plural, reason } from '../../errors.ts'
import { replaceFile } from '../../workspace/replace-file.ts'
import { BaselineFileError } from '../errors.ts'
import { fingerprint } from '../report.ts'
import type { BaselineEntry } from '../weight/verdict.ts'

export interface Baseline {
  readonly ids: ReadonlySet<string>
  /** Each id once. */
  readonly entries: readonly BaselineEntry[]
  /** What is strange about the file and hinders nothing: parts of sentences that begin with its name. */
  readonly oddities: readonly string[]
}

/** Throws BaselineFileError. */
export function readBaseline(file: string): Baseline {
  const content = parsed(file)
  if (content?.command === 'audit') throw new BaselineFileError({ file, problem: 'is a report, and no baseline' })
  if (content?.version !== 1 || !Array.isArray(content.findings))
    throw new BaselineFileError({ file, problem: 'is not a baseline of version 1' })
  const all: readonly BaselineEntry[] = content.findings
  const malformed = all.findIndex((entry) => typeof entry?.id !== 'string')
  if (malformed >= 0)
    throw new BaselineFileError({ file, problem: `has an entry without an id (finding ${malformed + 1})` })
  const entries = [...new Map(all.map((entry) => [entry.id, entry])).values()]
  return { ids: new Set(entries.map(({ id }) => id)), entries, oddities: odditiesOf(all, entries) }
}

function parsed(file: string): { command?: unknown; version?: unknown; findings?: BaselineEntry[] } | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new BaselineFileError({ file, problem: 'cannot be read' }, error)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    const isMerging = /^(<{7}|>{7}) /m.test(text)
    throw new BaselineFileError(
      { file, problem: isMerging ? 'has a merge in it that was not finished' : 'is not JSON' },
      error,
    )
  }
}

function odditiesOf(all: readonly BaselineEntry[], once: readonly BaselineEntry[]): string[] {
  const twice = all.length - once.length
  const edited = once.filter((entry) => typeof entry.found === 'string' && fingerprint(entry) !== entry.id).length
  return [
    ...(twice === 0 ? [] : [`has ${plural(twice, 'entry', 'entries')} twice, as a merge leaves them`]),
    ...(edited === 0
      ? []
      : [
          `has ${plural(edited, 'entry', 'entries')} that ${edited === 1 ? 'says' : 'say'} something else than the id stands for; the id counts`,
        ]),
  ]
}

/** What a baseline knows a finding by. */
export type Acceptable = Omit<BaselineEntry, 'id'>

/** Sorted, one finding a line, so that a diff shows which findings were added and removed. Throws OutputFileError. */
export function writeBaseline(file: string, entries: readonly (Acceptable & { readonly id?: string })[]): void {
  const lines = entries.map(({ rule, table, column, found, id = fingerprint({ rule, table, column, found }) }) =>
    JSON.stringify({ id, rule, table, column, found }),
  )
  const sorted = [...new Set(lines)].sort((a, b) => (orderKey(a) < orderKey(b) ? -1 : 1))
  try {
    replaceFile(file, `{\n  "version": 1,\n  "findings": [\n    ${sorted.join(',\n    ')}\n  ]\n}\n`)
  } catch (error) {
    throw new OutputFileError({ file, problem: reason(error) }, error)
  }
}

const orderKey = (line: string): string => {
  const { table, rule, column, found } = JSON.parse(line)
  return JSON.stringify([table ?? '', rule, column ?? '', found])
}
