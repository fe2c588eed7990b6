/** `audit --compare`: two databases against each other, with what the audit of one is made of. Reads only. */
import { resolve } from 'node:path'
import { readBaseline, writeBaseline } from '../audit/baseline/baseline.ts'
import { COMPARE_RULE, type Compared, compareSides, foundText, isFailure } from '../audit/compare/compared.ts'
import { type CompareFormat, comparedLines } from '../audit/compare/format.ts'
import { readSide } from '../audit/compare/side.ts'
import type { AskedSchemas } from '../audit/live/live-schemas.ts'
import type { Client } from '../database/connect.ts'
import { readDestination } from '../database/destination.ts'
import { UnreachableServerError } from '../database/errors.ts'
import type { Limits } from '../database/session.ts'
import { DatabaseError, endsCommand, plural } from '../errors.ts'
import { writeLinesOut } from '../report/out-file.ts'
import { type CommonOptions, type Context, noLines, type Report } from '../verb.ts'
import { comparedDatabases, firstVariable } from './compared-databases.ts'
import { ComparedDatabaseError } from './errors.ts'
import { type GivenUrl, withDatabase, withOtherDatabase } from './with-database.ts'

interface CompareOptions extends CommonOptions {
  readonly out?: string | undefined
  readonly baseline?: string | undefined
  readonly limit?: number | undefined
  readonly writeBaseline?: string | undefined
}

export interface CompareCall {
  /** The values of --compare. */
  readonly databases: readonly string[]
  readonly options: CompareOptions
  readonly context: Context
  readonly format: CompareFormat
  readonly limits: Limits
  /** Default: public. */
  readonly schemas?: AskedSchemas | undefined
}

/** Throws ComparedDatabaseError, and what comparedDatabases, readBaseline and withDatabase throw. */
export async function auditCompare(call: CompareCall): Promise<Report> {
  const { options, context, format } = call
  const { out, writeBaseline: accepted } = options
  const at = (file: string) => resolve(context.cwd, file)
  const baseline = options.baseline === undefined ? new Set<string>() : readBaseline(at(options.baseline)).ids
  const compared = await compareDatabases(call, baseline)
  const lines = await comparedLines(compared, format, options)
  if (out !== undefined) {
    writeLinesOut(at(out), lines)
    context.tell(() => [`report written to ${out}`])
  }
  const { comparedDocument } = await import('../audit/compare/document.ts')
  return {
    ...(out === undefined ? { lines, document: comparedDocument(compared) } : { lines: noLines, document: undefined }),
    exitCode: accepted === undefined && compared.differences.some(isFailure) ? 1 : 0,
    afterwards: async () => {
      if (accepted === undefined) return
      writeBaseline(at(accepted), compared.differences.map(accept))
      context.tell(() => [`${plural(compared.differences.length, 'difference')} written to ${accepted}`])
    },
  }
}

const accept = (one: Compared['differences'][number]) => ({
  rule: COMPARE_RULE,
  table: one.table,
  column: null,
  found: foundText(one),
})

/** Both are connected first, and then read at the same time. */
async function compareDatabases(call: CompareCall, baseline: ReadonlySet<string>): Promise<Compared> {
  const { options, context, limits } = call
  const { first, second } = comparedDatabases(call.databases, options, context.env)
  // A wrong URL is refused before anything is connected, or started.
  for (const { source, text } of [first ?? second, second]) readDestination(source, text, context.env)
  const names = { first: sourceText(first), second: sourceText(second) }
  const use = { options, context, verb: 'audit', edited: 'accept' } as const
  const read = (which: 'first' | 'second', client: Client) =>
    onSide(which, names[which], readSide(client, limits, call.schemas))
  const both = withDatabase({ ...use, given: first }, async ({ client: one }, workspace) => {
    const opened = withOtherDatabase({ ...use, given: second }, async ({ client: other }) => {
      context.busy('reading both catalogues')
      const [a, b] = await Promise.all([read('first', one), read('second', other)])
      return compareSides({
        a: { ...a, variable: firstVariable(first, options) },
        b: { ...b, variable: second.variable },
        workspace,
        baseline,
      })
    })
    return onSide('second', names.second, opened)
  })
  return onSide('first', names.first, both)
}

const sourceText = (given: GivenUrl | undefined): string => given?.source ?? 'the database of the verb itself'

/** Says of which of the two databases a failure is. What already says it, and what is no failure of a database, stays as it is. */
function onSide<T>(which: 'first' | 'second', source: string, done: Promise<T>): Promise<T> {
  return done.catch((error) => {
    if (!(error instanceof DatabaseError) || error instanceof ComparedDatabaseError || endsCommand(error)) throw error
    // The rest of this message is about the options of a verb with one database.
    const detail = error instanceof UnreachableServerError ? error.message.split('\n')[0]! : error.message
    throw new ComparedDatabaseError({ which, source, detail }, error)
  })
}
