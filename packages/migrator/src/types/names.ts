/**
 * Names of tables and lists in TypeScript. `user_sessions` is the table `UserSessionsTable`, its row `UserSession`; the list of
 * `tracks.status` is the type `TrackStatus` and the array `TRACK_STATUS_VALUES`. If a name is taken in its file, the table's name
 * is used unchanged (`TracksStatus`), then a number is added. The names are deterministic, since the order is that of the database.
 */
import { singular } from './codegen.ts'

export interface TableNames {
  readonly table: string
  readonly row: string
  readonly insert: string
  readonly update: string
}

export interface ListNames {
  readonly type: string
  readonly values: string
}

const words = (name: string): string[] => name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
const startsWell = (name: string): string => (/^\p{N}/u.test(name) ? `_${name}` : name)

export const pascalCase = (name: string): string =>
  startsWell(
    words(name)
      .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
      .join(''),
  )

const screamingCase = (name: string): string => startsWell(words(name).join('_').toUpperCase())

/** The names of one generated file. */
export class TypeNames {
  readonly #taken: Set<string>

  constructor(reserved: Iterable<string>) {
    this.#taken = new Set(reserved)
  }

  forTable(table: string): TableNames {
    return this.#firstFree([singular(table), table], (word, suffix) => {
      const row = pascalCase(word + suffix)
      return { table: `${pascalCase(table + suffix)}Table`, row, insert: `New${row}`, update: `${row}Update` }
    })
  }

  forList(table: string, column: string): ListNames {
    return this.#firstFree([`${singular(table)}_${column}`, `${table}_${column}`], (word, suffix) => ({
      type: pascalCase(word + suffix),
      values: `${screamingCase(word + suffix)}_VALUES`,
    }))
  }

  #firstFree<N extends object>(words: readonly string[], namesFrom: (word: string, suffix: string) => N): N {
    for (let number = 1; ; number += 1) {
      for (const word of words) {
        const names = namesFrom(word, number === 1 ? '' : `_${number}`)
        const all: string[] = Object.values(names)
        if (all.some((name) => this.#taken.has(name))) continue
        for (const name of all) this.#taken.add(name)
        return names
      }
    }
  }
}
