import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Breach, Rule } from './finding.ts'
import { isUuidText } from './key-type.ts'
import { type Reference, references } from './references.ts'
import { type Subject, shortName, snake } from './subject.ts'

export const referenceWithoutFk: Rule = {
  name: 'reference-without-fk',
  severity: 'error',
  stake: 'loss',
  summary: 'A column that is named like a reference has a foreign key.',
  consequence: 'Rows go on pointing at what has been deleted, and nothing says so until somebody joins them.',
  costs: { loss: 'Rows go on pointing at what has been deleted.' },

  *find(subject) {
    for (const { target, ...reference } of references(subject))
      if (target !== undefined) yield breach(subject, { ...reference, target })
  },
}

function breach(
  { place }: Subject,
  { table, column, target, confidence }: Reference & { readonly target: NonNullable<Reference['target']> },
): Breach {
  const isPrimary = target.table.indexes.some(({ primary, keys }) => primary && keys[0] === target.key.name)
  const reference = `FOREIGN KEY (${quoted(column.name)}) REFERENCES ${sqlName(target.table)}${isPrimary ? '' : ` (${quoted(target.key.name)})`}`
  const type = isSameType(column.type, target.key.type) ? '' : target.key.type
  const alter = `ALTER TABLE ${sqlName(table)}`
  const name = quoted(shortName(`fk_${snake(table.name)}_${snake(column.name)}`))
  // Before PostgreSQL 18 a partitioned table takes no constraint that is NOT VALID.
  const add =
    table.kind === 'partitioned'
      ? `${alter} ADD CONSTRAINT ${name} ${reference} ON DELETE ${column.notNull ? 'RESTRICT' : 'SET NULL'}`
      : `${alter} ADD CONSTRAINT ${name} ${reference} ON DELETE ${column.notNull ? 'RESTRICT' : 'SET NULL'} NOT VALID; ${alter} VALIDATE CONSTRAINT ${name}`
  const using = isUuidText(column.type) ? ` USING ${quoted(column.name)}::uuid` : ''
  const convert = type === '' ? '' : `${alter} ALTER COLUMN ${quoted(column.name)} TYPE ${type}${using}; `
  return {
    table: place(table),
    column: column.name,
    found: `${column.type} without a foreign key`,
    expected: `${type && `${type}, `}${reference} with ON DELETE`,
    remedy: `Correct the rows that point nowhere, then ${convert}${add}`,
    confidence,
    pattern: `columns ${quoted(column.name)} without a foreign key to ${sqlName(target.table)}`,
    // Whether a copy of what was should hold on to what is, its owner has to say.
    ...(confidence === 'low' && { severity: 'warning' }),
  }
}

/** PostgreSQL takes a foreign key between a text and a varchar, and between the same types of different lengths. */
const isSameType = (own: string, other: string): boolean => familyText(own) === familyText(other)
const familyText = (type: string): string =>
  isUuidText(type) ? type : type.replace(/^character varying(\(\d+\))?$/, 'text')
