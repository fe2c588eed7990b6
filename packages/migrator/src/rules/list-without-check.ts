import { sqlName } from '../catalog/place.ts'
import type { Column, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Confidence, Rule } from './finding.ts'
import { columnOf, LONGEST_NAME_BYTES, snake } from './subject.ts'

const TEXT = /^(text|character varying(\(\d+\))?|character(\(\d+\))?)$/
/** A name that hardly ever stands for anything but a value of a short list. */
const STATUS = /(^|_)(status|visibility|severity|priority)$/
/** Alone these names often do, with a word before them often not: the role of a member of a map is free text. */
const KIND = /^(state|kind|role|level|mode|tier|phase|stage|gender|privacy|direction|type)$/
/** With a default that is one word, longer names do as well. */
const WITH_DEFAULT =
  /(^|_)(state|type|kind|role|level|mode|tier|phase|stage|category|privacy|direction|method|permission|gender)$/
const ONE_WORD = /^'[A-Za-z][A-Za-z0-9_-]*'::(text|character varying|bpchar)$/
/** Types that come from elsewhere, and names of tables or classes: new ones are added without a change of the schema. */
const OPEN =
  /(^|_)(mime|content|media|file|model|record|entity|object|resource|subject|target|owner|class|\w*able)_type$/
/** A state beside these is a part of a country. */
const ADDRESS = /(^|_)(city|town|zip|zip_?code|postal_?code|postcode|country|country_?code|street)$/

/** Tables of what happened: a new kind of event comes with a new version of a service, not of the schema. */
const HAPPENED =
  /(^|_)(events?|streams?|states?|notifications?|messages?|jobs?|logs?|activit(y|ies)|audits?|tasks?)(_|$)/

/** So many values are a list that somebody wrote down; more may be free text. */
const FEW = 12
const MANY = 50
/** With fewer rows, a few values say nothing. */
const ENOUGH_ROWS = 1000

/** A CHECK that compares the column with values or a pattern; one of its length is none. */
const isListed = (table: Table, name: string): boolean =>
  table.constraints.some(
    ({ kind, columns, definition }) => kind === 'check' && columns.includes(name) && /= ANY|= '|~/.test(definition),
  )

/** A column that refers to a list kept as rows, is itself the key of one, or is a part of a key that may grow. */
const isKey = (table: Table, name: string): boolean =>
  table.constraints.some(({ references, columns }) => references !== null && columns.includes(name)) ||
  table.indexes.some(({ unique, keys }) => unique && keys.length === 1 && keys[0] === name)

function byName(table: Table, { name, default: expression }: Column): Confidence | undefined {
  const words = snake(name)
  const stem = words.replace(/_?type$/, '')
  if (OPEN.test(words) || (words.endsWith('type') && columnOf(table, `${stem}_id`) !== undefined)) return undefined
  if (/(^|_)state$/.test(words) && table.columns.some((other) => ADDRESS.test(snake(other.name)))) return undefined
  const hasDefault = ONE_WORD.test(expression ?? '')
  if (STATUS.test(words)) return hasDefault ? 'high' : 'medium'
  if (WITH_DEFAULT.test(words) && hasDefault) return 'medium'
  // A part of a key with several columns is a name that may grow.
  if (!KIND.test(words) || table.indexes.some(({ keys }) => keys.length > 1 && keys.includes(name))) return undefined
  // Beside a document, a type names what the document is read as, and new ones come at any time.
  const isOpen = HAPPENED.test(snake(table.name)) || table.columns.some((other) => /^jsonb?$/.test(other.type))
  return words === 'type' && isOpen ? undefined : 'low'
}

/** What the server's statistics say: true few values, false many, undefined where they say nothing. */
function hasFewValues({ estimatedRows }: Table, { distinct }: Column): boolean | undefined {
  if (distinct === undefined || distinct === null || estimatedRows < ENOUGH_ROWS) return undefined
  if (distinct < 0 || distinct > MANY) return false
  return distinct <= FEW ? true : undefined
}

function confidenceOf(table: Table, column: Column): Confidence | undefined {
  const named = byName(table, column)
  const few = hasFewValues(table, column)
  if (few === undefined) return named
  if (!few) return undefined
  return named === undefined ? 'low' : 'high'
}

export const listWithoutCheck: Rule = {
  name: 'list-without-check',
  severity: 'warning',
  confidence: 'medium',
  stake: 'loss',
  summary: 'A text that has one of a few values has a CHECK that lists them.',
  consequence:
    'A service that writes “actve” is not told; the row is then found by no query for either value, and nobody can say which values there are.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const column of table.columns) {
        const { name, type, generated, distinct } = column
        if (generated || !TEXT.test(type) || isListed(table, name) || isKey(table, name)) continue
        const confidence = confidenceOf(table, column)
        if (confidence === undefined) continue
        const constraint = quoted(`chk_${snake(table.name)}_${snake(name)}`.slice(0, LONGEST_NAME_BYTES))
        const values = hasFewValues(table, column) === true ? `, with the ${distinct} values that it has` : ''
        yield {
          table: place(table),
          column: name,
          found: `${type}, and no CHECK lists its values`,
          expected: `text CHECK (${quoted(name)} IN (...))${values}`,
          remedy: `SELECT ${quoted(name)}, count(*) FROM ${sqlName(table)} GROUP BY 1; then ALTER TABLE ${sqlName(table)} ADD CONSTRAINT ${constraint} CHECK (${quoted(name)} IN (...)) NOT VALID, and validate it.`,
          confidence,
        }
      }
    }
  },
}
