import type { Column, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { columnOf, isEventTable, type Subject, snake } from './subject.ts'

const KEY_TYPES = new Set(['uuid', 'bigint', 'integer', 'smallint', 'character varying(36)', 'character(36)'])
/** A text column counts as a reference only if the referenced key is text too: most texts that end in _id come from other systems. */
const TEXT = /^(text|character varying)/
/** Column names that refer to a user by a role. */
const PERSON = /^(creator|owner|author|uploader|recipient|sender|receiver|member|actor|inviter|invitee|follower)_id$/
/** Column names that refer to a user by an action. They are listed, since names such as `sort_by` refer to no user. */
const BY_PERSON =
  /^(created|updated|modified|deleted|archived|restored|added|removed|invited|granted|revoked|requested|uploaded|approved|rejected|reviewed|assigned|published|reported|resolved|banned|blocked|closed|locked|owned|verified)_by(_user)?(_id)?$/

const plural = (noun: string): string =>
  /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : /(s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`

/**
 * The table that a column's name points at: `playlist_id` at playlists, `session_id` at user_sessions if no other table ends in
 * `_sessions`, `created_by` and `owner_id` at users, `parent_id` at its own table, `billing_address_id` at addresses by its last word.
 */
function target(subject: Subject, table: Table, column: Column): string | undefined {
  const name = snake(column.name)
  const exists = (candidate: string): string | undefined => (subject.table(candidate) ? candidate : undefined)
  if (PERSON.test(name) || BY_PERSON.test(name)) return exists('users')
  if (name === 'parent_id') return subject.place(table)
  const stem = /^(.+)_id$/.exec(name)?.[1]
  if (stem === undefined) return undefined
  // `resource_id` beside `resource_type` can refer to several tables, which no foreign key can express.
  if (columnOf(table, `${stem}_type`) !== undefined) return undefined
  const words = stem.split('_')
  const endings = words.map((_, at) => words.slice(at).join('_'))
  const named = endings.flatMap((ending) => exists(plural(ending)) ?? exists(ending) ?? [])[0]
  const ending = subject.tables.filter((other) => other.name.endsWith(`_${plural(stem)}`))
  return named ?? (ending.length === 1 ? subject.place(ending[0]!) : undefined)
}

/** Whether a column of this type can hold the other table's key. */
function canBeKey({ type }: Column, other: Table | undefined): boolean {
  if (KEY_TYPES.has(type)) return true
  const key = other?.constraints.find(({ kind }) => kind === 'primary key')?.columns ?? []
  return TEXT.test(type) && key.length === 1 && TEXT.test(columnOf(other, key[0])?.type ?? '')
}

function targetInV1(subject: Subject, table: Table, column: Column): string | undefined {
  return subject
    .inV1(subject.place(table))
    ?.constraints.find(({ kind, columns }) => kind === 'foreign key' && columns[0] === column.name)?.references?.table
}

export const referenceWithoutFk: Rule = {
  name: 'reference-without-fk',
  severity: 'error',
  stake: 'loss',
  summary: 'A column that is named like a reference has a foreign key.',
  consequence: 'Rows go on pointing at what has been deleted, and nothing says so until somebody joins them.',

  *find(subject) {
    for (const table of subject.tables) {
      const ofKeys = (kinds: readonly string[]) =>
        new Set(table.constraints.filter(({ kind }) => kinds.includes(kind)).flatMap(({ columns }) => columns))
      const bound = ofKeys(['foreign key'])
      const ownKey = ofKeys(['primary key'])
      for (const column of table.columns) {
        if (bound.has(column.name)) continue
        const other = targetInV1(subject, table, column) ?? target(subject, table, column)
        if (other === undefined || (other === subject.place(table) && ownKey.has(column.name)) || isEventTable(other))
          continue
        if (!canBeKey(column, subject.table(other))) continue
        const reference = `FOREIGN KEY (${quoted(column.name)}) REFERENCES ${quoted(other)}`
        yield {
          table: subject.place(table),
          column: column.name,
          found: `${column.type} without a foreign key`,
          expected: `${reference} with ON DELETE`,
          remedy: `Remove rows that point nowhere, then add ${reference} as NOT VALID and validate it.`,
        }
      }
    }
  },
}
