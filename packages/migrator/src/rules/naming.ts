import { sqlName } from '../catalog/place.ts'
import type { Constraint, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Breach, Rule } from './finding.ts'
import { namePattern, type Parts } from './name-pattern.ts'
import { indexName, keyColumn, LONGEST_NAME_BYTES, type Subject, snake } from './subject.ts'

const SNAKE = /^[a-z][a-z0-9_]*$/
const LETTERS = 'lower-case letters, digits and _'

export const naming: Rule = {
  name: 'naming',
  severity: 'warning',
  stake: 'reading',
  summary: 'Names are snake_case; constraints, indexes and triggers are pk_, uq_, fk_, chk_, idx_, trg_<table>_<what>.',
  consequence:
    'Otherwise the name in an error message does not say what failed, and mixed-case names must be quoted in every query for ever.',

  *find(subject) {
    for (const table of subject.tables) {
      yield* ownNames(subject, table)
      // Constraints, indexes and triggers that a table inherits are named after its parent.
      if (table.parents.length === 0) yield* partNames(subject, table)
    }
  },
}

function* ownNames({ place }: Subject, table: Table): Iterable<Breach> {
  const at = { table: place(table), expected: LETTERS }
  const alter = `ALTER TABLE ${sqlName(table)} RENAME`
  if (!SNAKE.test(table.name))
    yield {
      ...at,
      column: null,
      found: `table ${sqlName(table)}`,
      remedy: renaming(table.name, `${alter} TO`),
      pattern: `tables ${caseOf(table.name)}`,
    }
  for (const { name } of table.columns) {
    if (SNAKE.test(name)) continue
    yield {
      ...at,
      column: name,
      found: `column ${quoted(name)}`,
      remedy: renaming(name, `${alter} COLUMN ${quoted(name)} TO`),
      pattern: `columns ${caseOf(name)}`,
    }
  }
}

/** A name in letters that V1 does not use is not put into words that its author did not choose. */
const renaming = (name: string, rename: string): string =>
  /^[A-Za-z][\w .-]*$/.test(name) ? `${rename} ${quoted(snake(name))}` : `Give it a name of ${LETTERS}: ${rename} ...`

function caseOf(name: string): string {
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) return 'in upper case'
  if (/^[A-Z][A-Za-z0-9]*$/.test(name)) return 'in PascalCase'
  if (/^[a-z][A-Za-z0-9]*$/.test(name)) return 'in camelCase'
  if (/^[_0-9][a-z0-9_]*$/.test(name)) return 'that begin with _ or a digit'
  return /^\w+$/.test(name) ? 'in mixed case' : 'with spaces or other characters in their names'
}

function* partNames({ place }: Subject, table: Table): Iterable<Breach> {
  const own = snake(table.name)
  const at = { table: place(table) }
  for (const { name, kind, columns, references } of table.constraints) {
    const expected = constraintName(own, kind, columns)
    if (matches(name, expected)) continue
    const remedy = `ALTER TABLE ${sqlName(table)} RENAME CONSTRAINT ${quoted(name)} TO ${written(expected)}`
    const column = columns.length === 1 ? columns[0]! : null
    const pattern = patternOf(PLURALS[kind], EXPECTED[kind], name, {
      ...{ table: table.name, columns, target: references?.table },
    })
    yield { ...at, about: name, column, found: `${kind} ${quoted(name)}`, expected, remedy, pattern }
  }
  for (const index of table.indexes) {
    const prefix = index.unique ? 'uq' : 'idx'
    const expected = `${prefix}_${own}_*`
    if (index.constraint !== null || matches(index.name, expected)) continue
    const remedy = `ALTER INDEX ${indexName(table, index.name)} RENAME TO ${written(expected)}`
    const found = `index ${quoted(index.name)}`
    const parts = { table: table.name, columns: index.keys }
    const kind = index.unique ? 'unique indexes' : 'indexes'
    const pattern = patternOf(kind, `${prefix}_<table>_*`, index.name, parts)
    yield { ...at, about: index.name, column: keyColumn(table, index), found, expected, remedy, pattern }
  }
  for (const { name } of table.triggers) {
    const expected = `trg_${own}_*`
    if (matches(name, expected)) continue
    const remedy = `ALTER TRIGGER ${quoted(name)} ON ${sqlName(table)} RENAME TO ${written(expected)}`
    const pattern = patternOf('triggers', 'trg_<table>_*', name, { table: table.name, columns: [] })
    yield { ...at, about: name, column: null, found: `trigger ${quoted(name)}`, expected, remedy, pattern }
  }
}

const PLURALS: Readonly<Record<Constraint['kind'], string>> = {
  'primary key': 'primary keys',
  unique: 'unique constraints',
  'foreign key': 'foreign keys',
  check: 'checks',
  exclude: 'exclusion constraints',
}

const EXPECTED: Readonly<Record<Constraint['kind'], string>> = {
  'primary key': 'pk_<table>',
  unique: 'uq_<table>_<column>',
  'foreign key': 'fk_<table>_<column>',
  check: 'chk_<table>_*',
  exclude: 'ex_<table>_*',
}

/** `primary keys named <table>_pkey (PostgreSQL's default) instead of pk_<table>`. */
function patternOf(kind: string, expected: string, name: string, parts: Parts): string {
  const wanted = written(expected)
  const pattern = namePattern(name, parts)
  if (pattern === '...') return `${kind} named freely instead of ${wanted}`
  return pattern === wanted
    ? `${kind} named ${wanted} after other columns than theirs`
    : `${kind} named ${pattern} instead of ${wanted}`
}

/** `*` stands for words that the author chooses. */
function constraintName(table: string, kind: Constraint['kind'], columns: readonly string[]): string {
  const what = columns.map(snake).join('_')
  switch (kind) {
    case 'primary key':
      return `pk_${table}`
    case 'unique':
      return `uq_${table}_${what}`
    case 'foreign key':
      return `fk_${table}_${what}`
    case 'check':
      return `chk_${table}_*`
    case 'exclude':
      return `ex_${table}_*`
  }
}

const written = (expected: string): string => expected.replace('*', '...')

/** A name that is longer than PostgreSQL allows has to be shortened, so only its beginning is compared. */
function matches(name: string, expected: string): boolean {
  if (expected.endsWith('*')) return name.startsWith(expected.slice(0, -1).slice(0, LONGEST_NAME_BYTES - 1))
  if (expected.length <= LONGEST_NAME_BYTES) return name === expected
  return name.startsWith(`${expected.split('_', 1)[0]}_`)
}
