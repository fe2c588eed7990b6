/**
 * docs/v1-schema.md as data. Written from the page alone, without a look at the migrations: it is the other end of the comparison.
 * What it does not understand is an error, so that no word of the page goes unchecked.
 */
import { readFileSync } from 'node:fs'

export type Kind = 'resource' | 'record' | 'append-only'
type OnDelete = 'CASCADE' | 'SET NULL' | 'RESTRICT'

export interface SpecColumn {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  /** SQL, as on the page. */
  readonly default?: string
  readonly unique: boolean
  /** Every condition on this column, in order: its limit, its closed list, its CHECK. */
  readonly checks: readonly string[]
  readonly references?: { readonly table: string; readonly onDelete: OnDelete }
}

export interface SpecTable {
  readonly name: string
  /** Whose section it stands in. */
  readonly domain: string
  readonly kind: Kind
  readonly columns: readonly SpecColumn[]
  readonly uniques: readonly (readonly string[])[]
  readonly checks: readonly string[]
  readonly indexes: readonly SpecIndex[]
}

interface SpecIndex {
  readonly name: string
  readonly unique: boolean
  readonly gin: boolean
  /** What stands in the parentheses. */
  readonly parts: string
  readonly where?: string
}

interface SpecRole {
  readonly code: string
  readonly level: number
  /** Its own, as `resource action`. */
  readonly permissions: readonly string[]
}

export interface Spec {
  /** As the page's first lines say. */
  readonly tableCount: number
  readonly tables: readonly SpecTable[]
  /** In the order of their levels. */
  readonly roles: readonly SpecRole[]
}

/** Reads one line from left to right; what is left over at its end is an error. */
class Line {
  #rest: string
  readonly #line: string

  constructor(line: string) {
    this.#line = line
    this.#rest = line.trim()
  }

  /** The groups of the pattern if the rest of the line begins with it. */
  take(pattern: RegExp): string[] | undefined {
    const match = new RegExp(`^(?:${pattern.source})\\s*`).exec(this.#rest)
    if (match === null) return undefined
    this.#rest = this.#rest.slice(match[0].length)
    return match.slice(1)
  }

  /** The text in the parentheses that come next, quotes respected. */
  parenthesised(): string {
    let depth = 0
    let quoted = false
    for (const [at, character] of [...this.#rest].entries()) {
      if (character === "'") quoted = !quoted
      if (quoted) continue
      if (character === '(') depth++
      if (character === ')') depth--
      if (depth > 0) continue
      if (at === 0) break
      const inside = this.#rest.slice(1, at)
      this.#rest = this.#rest.slice(at + 1).trim()
      return inside
    }
    throw this.unexpected()
  }

  rest(): string {
    const rest = this.#rest
    this.#rest = ''
    return rest
  }

  get done(): boolean {
    return this.#rest === ''
  }

  unexpected(): Error {
    return new Error(`v1-schema.md: cannot read "${this.#rest}" in "${this.#line}"`)
  }
}

function parseColumn(name: string, line: Line): SpecColumn {
  const checks: string[] = []
  const limit = line.take(/text\(<=(\d+)\)/)
  const type = limit ? 'text' : line.take(/(\w+(?:\(\d+,\d+\)|\[\])?)/)?.[0]
  if (type === undefined) throw line.unexpected()
  if (limit) checks.push(`char_length(${name}) <= ${limit[0]}`)
  let column: Omit<SpecColumn, 'checks'> = { name, type, notNull: false, unique: false }
  while (!line.done) {
    const fallback = line.take(/DEFAULT ('[^']*'|[^\s;]+)/)
    if (fallback) {
      column = { ...column, default: fallback[0]! }
      continue
    }
    const reference = line.take(/FK (\w+) (CASCADE|SET NULL|RESTRICT)/)
    if (reference) {
      column = { ...column, references: { table: reference[0]!, onDelete: reference[1] as OnDelete } }
      continue
    }
    if (line.take(/NOT NULL/)) column = { ...column, notNull: true }
    else if (line.take(/UNIQUE/)) column = { ...column, unique: true }
    else if (line.take(/IN(?= \()/)) checks.push(`${name} IN (${line.parenthesised()})`)
    else if (line.take(/CHECK/)) checks.push(line.parenthesised())
    else if (!line.take(/;|no FK \(polymorphic\)|\(correlation id: no FK between event tables\)/))
      throw line.unexpected()
  }
  return { ...column, checks }
}

function parseIndex(name: string, line: Line): SpecIndex {
  const unique = line.take(/UNIQUE/) !== undefined
  const gin = line.take(/GIN/) !== undefined
  const parts = line.parenthesised()
  const where = line.take(/WHERE/) ? line.rest() : undefined
  if (!line.done) throw line.unexpected()
  return { name, unique, gin, parts, ...(where !== undefined && { where }) }
}

function parseTable(domain: string, section: string): SpecTable {
  const [heading = '', ...lines] = section.trim().split('\n')
  const [, name, kind] = /^`(\w+)` — (resource|record|append-only)$/.exec(heading) ?? []
  if (name === undefined) throw new Error(`v1-schema.md: cannot read the heading "${heading}"`)
  const columns: SpecColumn[] = []
  const uniques: string[][] = []
  const checks: string[] = []
  const indexes: SpecIndex[] = []
  for (const text of lines.filter((line) => line.trim() !== '')) {
    const line = new Line(text)
    if (line.take(/- table constraint: UNIQUE/)) uniques.push(line.parenthesised().split(', '))
    else if (line.take(/- table constraint: CHECK/)) checks.push(line.parenthesised())
    else {
      const index = line.take(/- index `(\w+)`/)
      const column = index ?? line.take(/- (\w+):/)
      if (column === undefined) throw line.unexpected()
      if (index) indexes.push(parseIndex(index[0]!, line))
      else columns.push(parseColumn(column[0]!, line))
    }
    if (!line.done) throw line.unexpected()
  }
  return { name, domain, kind: kind as Kind, columns, uniques, checks, indexes }
}

function parseRoles(page: string): SpecRole[] {
  const list = /^Roles \(`code`, `level`\): (.+); all `is_system`\.$/m.exec(page)?.[1]
  if (list === undefined) throw new Error('v1-schema.md: cannot find the list of roles')
  return list.split(', ').map((entry) => {
    const [code = '', level] = entry.split(' ')
    const row = page
      .split('\n')
      .find((line) => line.startsWith(`| ${code} |`))
      ?.split('|')[2]
    if (row === undefined) throw new Error(`v1-schema.md: no permissions for the role ${code}`)
    const permissions = row
      .replaceAll('`', '')
      .split(';')
      .flatMap((group) => {
        const [, resource, actions = ''] = /^(\S+) (.+)$/.exec(group.trim()) ?? []
        return actions.split(', ').map((action) => `${resource} ${action}`)
      })
    return { code, level: Number(level), permissions }
  })
}

function parseSpec(page: string): Spec {
  const tables = page
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [heading = ''] = section.split('\n')
      return section
        .split(/^### (?=`)/m)
        .slice(1)
        .map((table) => parseTable(heading.toLowerCase(), table))
    })
  const tableCount = Number(/(\d+) tables/.exec(page)?.[1])
  return { tableCount, tables, roles: parseRoles(page) }
}

export const spec: Spec = parseSpec(readFileSync(new URL('../../../../docs/v1-schema.md', import.meta.url), 'utf8'))
