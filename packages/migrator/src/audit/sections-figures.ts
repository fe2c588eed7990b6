/** Figures → one line for each subject, each number beside what it is a part of. Pure. */
import { plural } from '../errors.ts'
import type { Words } from './blocks.ts'
import type { Figures } from './figures.ts'
import type { Share, Tally } from './share.ts'

export const figureWords = (figures: Figures): Words[] => [
  keyWords(figures),
  referenceWords(figures),
  timeWords(figures),
  softDeleteWords(figures),
  objectWords(figures),
  schemaWords(figures),
]

function keyWords({ tables, keys }: Figures): Words {
  const others = parts([
    [keys.uuid, 'a uuid'],
    [keys.number, 'another number'],
    [keys.other, 'another type'],
    [keys.composite, 'a composite key'],
    [keys.none, 'no key'],
  ])
  return [
    { strong: shareText({ count: keys.sequence, of: tables }, 'table') },
    ` ${have(keys.sequence)} a key from a sequence${others}; by type: ${tallyText(keys.types) || 'none'}`,
    ...(keys.uuid > 0 ? [`; uuid keys by default: ${tallyText(keys.uuidDefaults)}`] : []),
  ]
}

function referenceWords({ references }: Figures): Words {
  const { onDelete, withoutOnDelete, withoutIndex, notUuid, acrossSchemas, withoutForeignKey } = references
  const others = parts([
    [onDelete.cascade, 'CASCADE'],
    [onDelete['set null'], 'SET NULL'],
    [onDelete.restrict, 'RESTRICT'],
    [onDelete['set default'], 'SET DEFAULT'],
  ])
  const across = parts([[acrossSchemas.count, 'into another schema']])
  const unbound = `${shareText(withoutForeignKey, 'column')} named like a reference without a foreign key`
  if (withoutOnDelete.of === 0) return [{ strong: 'no foreign keys' }, `; ${unbound}`]
  return [
    { strong: `${shareText(withoutOnDelete, 'foreign key')} without ON DELETE` },
    `${others}; ${shareText(withoutIndex)} without an index, ${shareText(notUuid)} not uuid${across}; ${unbound}`,
  ]
}

function timeWords({ times }: Figures): Words {
  const { createdAt, createdAtNotNull, updatedAt, updatedAtNotNull, updatedAtTrigger } = times
  const { now, currentTimestamp, other } = times.defaults
  const has = (share: Share, name: string, details: string) =>
    `${shareText(share, 'table')} ${have(share.count)} ${name}${share.count > 0 ? ` (${details})` : ''}`
  return [
    { strong: `${shareText(times.withoutZone, 'time column')} without zone` },
    `; ${plural(now, 'default')} ${now === 1 ? 'uses' : 'use'} now(), ${currentTimestamp} CURRENT_TIMESTAMP${parts([[other, 'another clock']])}; ` +
      `${has(createdAt, 'created_at', `${createdAtNotNull.count} NOT NULL`)}, ` +
      `${has(updatedAt, 'updated_at', `${updatedAtNotNull.count} NOT NULL, ${updatedAtTrigger.count} with a trigger for it`)}`,
  ]
}

function softDeleteWords({ softDelete: { deletedAt, missing, uniqueOverDeleted } }: Figures): Words {
  const lack =
    missing.of === 0 ? '' : `; ${shareText(missing)} with it in V1 ${missing.count === 1 ? 'lacks' : 'lack'} it`
  const unique =
    uniqueOverDeleted.of === 0
      ? ''
      : `; ${shareText(uniqueOverDeleted, 'unique index', 'unique indexes')} over deleted rows too`
  return [{ strong: `${shareText(deletedAt, 'table')} ${have(deletedAt.count)} deleted_at` }, `${lack}${unique}`]
}

const objectWords = ({ columns, objects, limitedText, commented }: Figures): Words => [
  `${plural(columns, 'column')}, ${plural(objects.indexes, 'index', 'indexes')}, ${plural(objects.triggers, 'trigger')}, ` +
    `${plural(objects.views, 'view')}, ${plural(objects.functions, 'function')}, ${plural(objects.enums, 'enum')}, ` +
    `${plural(objects.sequences, 'sequence')}; ${shareText(limitedText, 'text column')} varchar(n) or char(n); ` +
    `${shareText(commented, 'table')} with a comment`,
]

const schemaWords = ({ schemas }: Figures): Words => [
  `tables and views: ${schemas.map(({ name, audited, relations }) => `${relations} in ${name}${audited ? '' : ' (not audited)'}`).join(', ') || 'none'}, ` +
    'without partitions, foreign tables and what belongs to extensions',
]

/** `3 of 8`, `3 of 8 tables`. */
export const shareText = ({ count, of }: Share, one?: string, many?: string): string =>
  `${count} of ${one === undefined ? of : plural(of, one, many)}`

const have = (count: number): string => (count === 1 ? 'has' : 'have')

/** `, 5 a uuid, 1 no key`: those that there are. */
const parts = (counts: readonly (readonly [count: number, what: string])[]): string =>
  counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `, ${count} ${what}`)
    .join('')

/** `bigint 17, uuid 5`. */
const tallyText = (counts: readonly Tally[]): string => counts.map(({ name, count }) => `${name} ${count}`).join(', ')
