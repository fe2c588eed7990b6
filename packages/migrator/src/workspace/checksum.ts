/** A migration's checksum: SHA-256 over what it renders. migrations.lock and the history hold it. */
import { createHash } from 'node:crypto'
import type { Statement } from '../statement.ts'
import type { Direction, Migration } from './load.ts'

/** A rendered migration, as far as the checksum covers it. */
export interface Summed extends Pick<Migration, 'transaction' | 'irreversible'> {
  readonly render: Readonly<Record<Direction, { readonly statements: readonly Statement[]; readonly dynamic: boolean }>>
}

/**
 * Covers the statements, not the source: reformatting a file does not change the checksum, editing a shared module that an old migration
 * uses does. The statements of a dynamic step depend on data, so the text of its file is covered too: `source` is called for it, and its
 * white space does not count. Function.toString is not used for that: its text depends on the compiler.
 */
export function checksumOf({ transaction, irreversible, render }: Summed, source: () => string): string {
  const hash = createHash('sha256')
  for (const direction of ['up', 'down'] as const) {
    const { statements, dynamic } = render[direction]
    const text = dynamic ? withoutLayout(source()) : undefined
    hash.update(JSON.stringify({ direction, source: text, statements: statements.map(plain) }))
  }
  hash.update(JSON.stringify({ transaction, irreversible: irreversible !== undefined }))
  return hash.digest('hex')
}

/** The source text as the checksum covers it. */
export const withoutLayout = (source: string): string => source.replaceAll(/\s+/g, ' ')

/** A statement with its parameters as JSON can hold them. The type is kept where two values would otherwise give the same JSON. */
function plain({ sql, parameters }: Statement): unknown {
  return parameters.length === 0 ? sql : [sql, parameters.map(plainParameter)]
}

function plainParameter(value: unknown): unknown {
  if (typeof value === 'bigint') return { bigint: String(value) }
  if (value instanceof Date) return { date: value.toISOString() }
  if (Buffer.isBuffer(value)) return { bytes: value.toString('hex') }
  return value ?? null
}
