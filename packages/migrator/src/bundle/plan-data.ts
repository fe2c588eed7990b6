/**
 * A workspace as data, and back. The table of the migrations is small and read at every start; the statements are kept apart, in parts
 * that are read when one of their migrations is looked into, and held against the checksum before anybody gets them.
 */

import { asMigration } from '../migration-code.ts'
import type { Statement } from '../statement.ts'
import { checksumOf } from '../workspace/checksum.ts'
import { buildGraph } from '../workspace/graph.ts'
import type { Direction, Step } from '../workspace/load.ts'
import type { Rendered, Rendering } from '../workspace/render.ts'
import type { Planned, Workspace } from '../workspace/workspace.ts'
import { TamperedBundleError } from './errors.ts'
import { type Kept, kept, revived } from './parameters.ts'
import { Remembered, type Statements } from './remembered.ts'

/** A statement without parameters is its text. */
type KeptStatement = string | readonly [sql: string, parameters: readonly Kept[]]

/** What is read only when a migration is looked into. */
export interface KeptTexts {
  readonly up: readonly KeptStatement[]
  readonly down: readonly KeptStatement[]
  /** Of a dynamic migration: the text of its file, which its checksum covers. */
  readonly source?: string
}

interface KeptMigration {
  readonly id: string
  readonly path: string
  readonly checksum: string
  readonly about: string
  readonly alone?: true
  readonly irreversible?: string
  /** The directions that read data, and therefore run as code. */
  readonly dynamic?: readonly Direction[]
}

export interface PlanTable {
  readonly domains: readonly Pick<Workspace['domains'][number], 'name' | 'packageName' | 'path' | 'dependencies'>[]
  readonly migrations: readonly KeptMigration[]
}

const DIRECTIONS = ['up', 'down'] as const

export const dynamicDirections = ({ render }: Rendered): Direction[] =>
  DIRECTIONS.filter((direction) => render[direction].dynamic)

export function planTable({ domains, order }: Pick<Workspace, 'domains' | 'order'>): PlanTable {
  return {
    domains: domains.map(({ name, packageName, path, dependencies }) => ({ name, packageName, path, dependencies })),
    migrations: order.map((migration): KeptMigration => {
      const { id, path, checksum, about, transaction, irreversible } = migration
      const dynamic = dynamicDirections(migration)
      return {
        ...{ id, path, checksum, about },
        ...(transaction ? {} : { alone: true as const }),
        ...(irreversible === undefined ? {} : { irreversible }),
        ...(dynamic.length === 0 ? {} : { dynamic }),
      }
    }),
  }
}

/** `source` gives the text of a dynamic migration's file. Throws UnknownParameterError. */
export function keptTexts(migration: Rendered, source: (migration: Rendered) => string): KeptTexts {
  const { id, render } = migration
  const texts = (direction: Direction) =>
    render[direction].statements.map(
      ({ sql, parameters }): KeptStatement =>
        parameters.length === 0 ? sql : [sql, parameters.map((value) => kept(value, id))],
    )
  const isDynamic = dynamicDirections(migration).length > 0
  return { up: texts('up'), down: texts('down'), ...(isDynamic ? { source: source(migration) } : {}) }
}

export interface PlanParts {
  /** The bundle's name, for messages. */
  readonly file: string
  /** The texts of the migration at this place of the plan, from 0. */
  texts(index: number): KeptTexts
  /** The code of a dynamic migration. */
  code(id: string): Promise<Partial<Record<Direction, Step>>>
}

/** The same workspace again, as far as a run needs it: no path in it leads to a file. */
export function revivedWorkspace({ domains: kept, migrations }: PlanTable, parts: PlanParts): Workspace {
  const domains = kept.map((domain) => ({ ...domain, folder: domain.path }))
  const all = { ...parts, remembered: new Remembered() }
  const order = migrations.map((migration, index) => new BundledMigration(migration, index, all))
  return {
    root: '',
    domains,
    graph: buildGraph(domains),
    files: order,
    lock: migrations.map(({ id, checksum }) => ({ id, checksum })),
    order,
  }
}

class BundledMigration implements Planned {
  readonly id: string
  readonly domain: string
  readonly name: string
  readonly number: number
  readonly file: string
  readonly path: string
  readonly about: string
  readonly transaction: boolean
  readonly irreversible: string | undefined
  readonly allow = {}
  readonly checksum: string
  readonly position: number
  readonly up: Step
  readonly down: Step | undefined
  readonly #dynamic: readonly Direction[]
  readonly #index: number
  readonly #parts: PlanParts & { readonly remembered: Remembered }

  constructor(kept: KeptMigration, index: number, parts: PlanParts & { readonly remembered: Remembered }) {
    const [domain, name] = kept.id.split('/') as [string, string]
    this.id = kept.id
    this.domain = domain
    this.name = name
    this.number = Number.parseInt(name, 10)
    this.file = kept.path
    this.path = kept.path
    this.about = kept.about
    this.transaction = kept.alone === undefined
    this.irreversible = kept.irreversible
    this.checksum = kept.checksum
    this.position = index + 1
    this.#dynamic = kept.dynamic ?? []
    this.#index = index
    this.#parts = parts
    const live = (direction: Direction): Step => {
      return async (db) => {
        await asMigration(kept.id, async () => {
          const step = (await parts.code(kept.id))[direction]
          await (step as Step)(db)
        })
      }
    }
    this.up = live('up')
    this.down = kept.irreversible === undefined ? live('down') : undefined
  }

  /** The statements are read and verified when they are looked at. Throws TamperedBundleError. */
  get render(): Planned['render'] {
    const rendering = (direction: Direction): Rendering => {
      const statements = () => this.#parts.remembered.of(this.#index, () => this.#verified())[direction]
      return {
        dynamic: this.#dynamic.includes(direction),
        get statements() {
          return statements()
        },
      }
    }
    return { up: rendering('up'), down: rendering('down') }
  }

  #verified(): Statements {
    const texts = this.#parts.texts(this.#index)
    const statements = (direction: Direction): Statement[] =>
      texts[direction].map((one) =>
        typeof one === 'string' ? { sql: one, parameters: [] } : { sql: one[0], parameters: one[1].map(revived) },
      )
    const both = { up: statements('up'), down: statements('down') }
    const rendering = (direction: Direction): Rendering => ({
      statements: both[direction],
      dynamic: this.#dynamic.includes(direction),
    })
    const render = { up: rendering('up'), down: rendering('down') }
    const found = checksumOf({ ...this, render }, () => texts.source ?? '')
    if (found === this.checksum) return both
    throw new TamperedBundleError({ id: this.id, file: this.#parts.file, wanted: this.checksum, found })
  }
}
