/** What the primary keys are. Every counted table is in exactly one of sequence, number, uuid, other, composite and none. Pure. */
import type { Column, Table } from '../../catalog/types.ts'
import { columnOf } from '../../rules/subject.ts'
import { type Tally, tallied } from './share.ts'

export interface KeyFigures {
  /** One column of numbers that a sequence fills: serial, identity, DEFAULT nextval(...). */
  readonly sequence: number
  /** One column of numbers that no sequence fills. */
  readonly number: number
  readonly uuid: number
  /** One column of another type. */
  readonly other: number
  readonly composite: number
  readonly none: number
  /** The types of keys of one column: `bigint`, `uuid`. */
  readonly types: readonly Tally[]
  /** What fills uuid keys: `gen_random_uuid()`, `none`, `another expression`. */
  readonly uuidDefaults: readonly Tally[]
}

type Kind = 'sequence' | 'number' | 'uuid' | 'other'
/** The column of a key of one column, or what the key is instead. */
type Key = Column | 'composite' | 'none'

export function keyFigures(tables: readonly Table[]): KeyFigures {
  const keys = tables.map(keyOf)
  const single = keys.filter((key) => typeof key !== 'string')
  const kinds = Map.groupBy(single, kindOf)
  const count = (kind: Kind) => kinds.get(kind)?.length ?? 0
  return {
    sequence: count('sequence'),
    number: count('number'),
    uuid: count('uuid'),
    other: count('other'),
    composite: keys.filter((key) => key === 'composite').length,
    none: keys.filter((key) => key === 'none').length,
    types: tallied(single.map(({ type }) => type)),
    uuidDefaults: tallied((kinds.get('uuid') ?? []).map(filledBy)),
  }
}

/** The key of a partitioned table has to contain the partition key, so that does not make it a composite one. */
function keyOf(table: Table): Key {
  const key = table.constraints.find(({ kind }) => kind === 'primary key')
  if (key === undefined) return 'none'
  const own = key.columns.filter((name) => !table.partitionKey?.includes(name))
  const [name, ...others] = own.length > 0 ? own : key.columns
  return others.length > 0 ? 'composite' : (columnOf(table, name) ?? 'composite')
}

function kindOf({ type, sequence, identity, default: expression }: Column): Kind {
  if (type === 'uuid') return 'uuid'
  if (sequence !== null || identity !== null || /^nextval\(/.test(expression ?? '')) return 'sequence'
  return /^(bigint|integer|smallint|numeric)\b/.test(type) ? 'number' : 'other'
}

/** The schema of the function is left out: `public.uuid_v7()` and `uuid_v7()` are the same one. */
function filledBy({ default: expression }: Column): string {
  if (expression === null) return 'none'
  return /^(?:\w+\.)?(\w+\(\))$/.exec(expression)?.[1] ?? 'another expression'
}
