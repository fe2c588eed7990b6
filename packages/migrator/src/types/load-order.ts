/**
 * A domain's objects in an order in which they can be created: creation order, but for what a later migration tied together, such as a
 * default that calls a function made after the table. The ties are found in PostgreSQL's own texts, by name.
 */
import type { Routine, Table, UserType, View } from '../catalog/types.ts'
import type { DomainState } from './domain-state.ts'

export type LoadedObject =
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'routine'; readonly routine: Routine }
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'type'; readonly type: UserType }

interface Node {
  readonly oid: number
  readonly object: LoadedObject
  readonly name: string
  /** Whether another object's text names this one. */
  readonly named: RegExp
  /** All that has to be there when it is created, as text. */
  readonly text: string
}

const escaped = (name: string): string => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
const word = (name: string): RegExp => new RegExp(String.raw`(?<![\w'])${escaped(name)}(?!\w)`)
const call = (name: string): RegExp => new RegExp(String.raw`(?<![\w'])"?${escaped(name)}"?\(`)

/** Objects of extensions and aggregates have no text to create them from; the extension has. */
export function loadOrder({ tables, functions, views, types }: DomainState['objects']): LoadedObject[] {
  const nodes: Node[] = [
    ...tables.map((table): Node => {
      const object = { kind: 'table', table } as const
      return { oid: table.oid, name: table.name, object, named: word(table.name), text: tableText(table) }
    }),
    ...functions
      .filter(({ definition }) => definition !== null)
      .map((routine): Node => {
        const object = { kind: 'routine', routine } as const
        return { oid: routine.oid, name: routine.name, object, named: call(routine.name), text: routineText(routine) }
      }),
    ...views.map((view): Node => {
      const object = { kind: 'view', view } as const
      return { oid: view.oid, name: view.name, object, named: word(view.name), text: view.definition }
    }),
    ...types.map((type): Node => {
      const object = { kind: 'type', type } as const
      return { oid: type.oid, name: type.name, object, named: word(type.name), text: type.definition }
    }),
  ].sort((a, b) => a.oid - b.oid)

  const placed = new Set<Node>()
  // A circle (only possible by a tie that the text suggests and the database does not have) is cut where it closes.
  const place = (node: Node, above: ReadonlySet<Node>) => {
    if (placed.has(node) || above.has(node)) return
    const path = new Set([...above, node])
    for (const needed of nodes) if (needed !== node && needed.named.test(node.text)) place(needed, path)
    placed.add(node)
  }
  for (const node of nodes) place(node, new Set())
  return [...placed].map(({ object }) => object)
}

function tableText({ columns, constraints, indexes, triggers }: Table): string {
  return [
    ...columns.map(({ type, default: expression }) => `${type} ${expression ?? ''}`),
    ...constraints.map(({ definition }) => definition),
    ...indexes.map(({ keys, predicate }) => `${keys.join(' ')} ${predicate ?? ''}`),
    ...triggers.map((trigger) => trigger.definition.slice(trigger.definition.indexOf(' EXECUTE '))),
  ].join('\n')
}

/** PL/pgSQL looks up what its body names when it runs; a SQL function when it is created. */
function routineText({ definition, name }: Routine): string {
  const text = definition ?? ''
  const head = text.slice(
    text.indexOf(name) + name.length,
    text.indexOf('\nAS $') < 0 ? undefined : text.indexOf('\nAS $'),
  )
  return /\bLANGUAGE sql\b/.test(text) ? text.slice(text.indexOf(name) + name.length) : head
}
