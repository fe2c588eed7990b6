/** How many locks the statements of a rendering take, read from their texts. Pure. */
import { statementsWithin } from '../sql/bodies.ts'
import type { Token } from '../sql/lexer.ts'
import { isWord } from '../sql/names.ts'
import { objectStatement } from '../sql/objects.ts'
import type { Rendering } from '../workspace/render.ts'
import { LOCKS_OF_A_DROPPED_TABLE } from './locks-at-most.ts'

export const locksOf = ({ statements }: Rendering): number =>
  statements.flatMap(({ sql }) => statementsWithin(sql)).reduce((sum, statement) => sum + statementLocks(statement), 0)

/**
 * How many new places in the lock table one statement takes; rather too many than too few. A new table locks itself, its TOAST table, the
 * index of the TOAST table, and one index per key. The body of a DO block or a function counts as if it were run once.
 */
function statementLocks(statement: readonly Token[]): number {
  const found = objectStatement(statement)
  if (found === undefined) return 1
  const { verb, kind, names } = found
  if (kind === 'table' && verb === 'create') return 3 + statement.filter(isKey).length
  if (kind === 'table' && verb === 'drop') return LOCKS_OF_A_DROPPED_TABLE * names.length
  return kind === 'index' || kind === 'view' || kind === 'sequence' || kind === 'table' ? 1 : 0
}

const isKey = (token: Token): boolean => isWord(token, 'unique') || isWord(token, 'primary') || isWord(token, 'exclude')
