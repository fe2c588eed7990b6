/** Figures → one line for each subject, each number beside what it is a part of. Pure. */

import type { Figures } from '../weight/figures.ts'
import type { Share, Tally } from '../weight/share.ts'
import type { Words } from './blocks.ts'
import { counted, figure } from './words.ts'

/** So many schemas are named. */
const MOST_SCHEMAS = 4

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
    ...(keys.uuid > 0 ? [`; uuid from ${tallyText(keys.uuidDefaults)}`] : []),
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
    `; ${counted(now, 'default')} ${now === 1 ? 'uses' : 'use'} now(), ${figure(currentTimestamp)} CURRENT_TIMESTAMP${parts([[other, 'another clock']])}; ` +
      `${has(createdAt, 'created_at', `${figure(createdAtNotNull.count)} NOT NULL`)}, ` +
      `${has(updatedAt, 'updated_at', `${figure(updatedAtNotNull.count)} NOT NULL, ${figure(updatedAtTrigger.count)} with a trigger for it`)}`,
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
  `${counted(columns, 'column')}, ${counted(objects.indexes, 'index', 'indexes')}, ${counted(objects.triggers, 'trigger')}, ` +
    `${counted(objects.views, 'view')}, ${counted(objects.functions, 'function')}, ${counted(objects.enums, 'enum')}, ` +
    `${counted(objects.sequences, 'sequence')}; ${shareText(limitedText, 'text column')} varchar(n) or char(n); ` +
    `${shareText(commented, 'table')} with a comment`,
]

function schemaWords({ schemas }: Figures): Words {
  const of = (isAudited: boolean) => {
    const own = schemas.filter(({ audited }) => audited === isAudited)
    const rest = own.length - MOST_SCHEMAS
    const named = own.slice(0, MOST_SCHEMAS).map(({ name, relations }) => `${figure(relations)} in ${name}`)
    return [...named, ...(rest > 0 ? [`and ${counted(rest, 'more schema')}`] : [])].join(', ')
  }
  const others = of(false)
  return [
    `tables and views, without partitions and those of extensions: ${of(true) || 'none'}${others && `; not audited: ${others}`}`,
  ]
}

/** `3 of 8`, `3 of 8 tables`. */
export const shareText = ({ count, of }: Share, one?: string, many?: string): string =>
  `${figure(count)} of ${one === undefined ? figure(of) : counted(of, one, many)}`

const have = (count: number): string => (count === 1 ? 'has' : 'have')

/** `, 5 a uuid, 1 no key`: those that there are. */
const parts = (counts: readonly (readonly [count: number, what: string])[]): string =>
  counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `, ${figure(count)} ${what}`)
    .join('')

/** `bigint 17, uuid 5`. */
const tallyText = (counts: readonly Tally[]): string =>
  counts.map(({ name, count }) => `${name} ${figure(count)}`).join(', ')
