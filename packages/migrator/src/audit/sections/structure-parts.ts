/**
 * The three parts of the audit that this project began with, defaults, soft delete and foreign keys: which rules belong to each, and what
 * was counted for it, every number beside what it is a part of. Pure.
 */
import type { Figures } from '../weight/figures.ts'
import type { Share } from '../weight/share.ts'

interface Part {
  readonly id: string
  readonly title: string
  readonly rules: readonly string[]
  /** What is counted, in words, with the count. A share of nothing is left out by whoever shows it. */
  figures(figures: Figures): readonly (readonly [what: string, share: Share])[]
}

export const PARTS: readonly Part[] = [
  {
    id: 'defaults',
    title: 'Defaults',
    rules: ['timestamp-default'],
    figures: ({ times: { defaults, ...times }, keys }) => {
      const clocks = defaults.now + defaults.currentTimestamp + defaults.other
      return [
        ['defaults with a clock that say now()', { count: defaults.now, of: clocks }],
        ['... CURRENT_TIMESTAMP', { count: defaults.currentTimestamp, of: clocks }],
        ['... another clock', { count: defaults.other, of: clocks }],
        ...keys.uuidDefaults.map(
          ({ name, count }) =>
            [
              name === 'none' ? 'uuid keys without a default' : `uuid keys filled by ${name}`,
              { count, of: keys.uuid },
            ] as const,
        ),
        ['tables with created_at', times.createdAt],
        ['... where it is NOT NULL', times.createdAtNotNull],
        ['tables with updated_at', times.updatedAt],
        ['... where it is NOT NULL', times.updatedAtNotNull],
        ['... where a trigger sets it', times.updatedAtTrigger],
      ]
    },
  },
  {
    id: 'soft-delete',
    title: 'Soft delete',
    rules: ['soft-delete'],
    figures: ({ softDelete }) => [
      ['tables with deleted_at', softDelete.deletedAt],
      ['tables that V1 gives deleted_at and that lack it here', softDelete.missing],
      ['unique indexes that count deleted rows too, on tables with deleted_at', softDelete.uniqueOverDeleted],
    ],
  },
  {
    id: 'foreign-keys',
    title: 'Foreign keys',
    rules: ['fk-on-delete', 'reference-without-fk', 'reference-dangling', 'fk-type-match', 'fk-index', 'fk-duplicate'],
    figures: ({ references: { onDelete, ...references } }) => {
      const of = references.withoutOnDelete.of
      return [
        ['foreign keys without ON DELETE', references.withoutOnDelete],
        ['... ON DELETE CASCADE', { count: onDelete.cascade, of }],
        ['... ON DELETE SET NULL', { count: onDelete['set null'], of }],
        ['... ON DELETE RESTRICT', { count: onDelete.restrict, of }],
        ['... ON DELETE SET DEFAULT', { count: onDelete['set default'], of }],
        ['foreign keys that no index serves', references.withoutIndex],
        ['foreign keys that are no uuid', references.notUuid],
        ['foreign keys into another schema', references.acrossSchemas],
        ['columns named like a reference, without a foreign key', references.withoutForeignKey],
      ]
    },
  },
]
