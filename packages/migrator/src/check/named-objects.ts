/** Which object has a name, updated after each migration: the body of a function refers to tables and functions by name, not by id. */
import { namesInBody } from './body.ts'
import type { DescribedObject } from './record.ts'

const NAMED =
  /^(?:(?<callable>function|procedure|aggregate)|table|view|materialized view|sequence|foreign table) (?<name>.*)$/s

/** Keys by name. Functions with the same name and different arguments share an entry; the one that was made last counts. */
class Names {
  readonly #keys = new Map<string, Set<string>>()

  add(name: string, key: string): void {
    const keys = this.#keys.get(name)
    if (keys === undefined) this.#keys.set(name, new Set([key]))
    else keys.add(key)
  }

  remove(name: string, key: string): void {
    this.#keys.get(name)?.delete(key)
  }

  last(name: string): string | undefined {
    return [...(this.#keys.get(name) ?? [])].at(-1)
  }
}

export class NamedObjects {
  readonly #byKey = new Map<string, DescribedObject>()
  readonly #relations = new Names()
  readonly #callables = new Names()

  get(key: string): DescribedObject | undefined {
    return this.#byKey.get(key)
  }

  set(described: DescribedObject): void {
    const { key, object } = described
    const before = this.#byKey.get(key)
    this.#byKey.set(key, described)
    if (before?.object === object) return
    if (before !== undefined) this.#forName(before, 'remove')
    this.#forName(described, 'add')
  }

  delete(key: string): void {
    const described = this.#byKey.get(key)
    if (described !== undefined) this.#forName(described, 'remove')
    this.#byKey.delete(key)
  }

  /** Keys of the objects that the body of a function names. */
  namedIn({ body, key: own }: DescribedObject): readonly string[] {
    if (body === null) return []
    const { relations, functions } = namesInBody(body)
    const keys = [
      ...[...relations].flatMap((name) => this.#relations.last(name) ?? []),
      ...[...functions].flatMap((name) => this.#callables.last(name) ?? []),
    ]
    return keys.filter((key) => key !== own)
  }

  #forName({ key, object }: DescribedObject, change: 'add' | 'remove'): void {
    const { callable, name } = NAMED.exec(object)?.groups ?? {}
    if (name === undefined) return
    if (callable === undefined) this.#relations[change](name.replaceAll('"', ''), key)
    else this.#callables[change](name.replace(/\(.*/s, ''), key)
  }
}
