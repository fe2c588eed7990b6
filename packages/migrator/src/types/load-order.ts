/**
 * A domain's objects in an order in which they can be created. This is the order of their creation, except where a later migration made
 * an object need a newer one, such as a default that calls a function made after the table. What an object needs is found by name, in the
 * definitions that PostgreSQL renders.
 */
import type { Routine, Table, UserType, View } from '../catalog/types.ts'
import { meaningfulTokens } from '../sql/lexer.ts'
import { type Mentions, mentions } from '../sql/mentions.ts'
import { isWord } from '../sql/names.ts'
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
  /** Names in the definition. The objects that have to exist first are among them. */
  readonly mentioned: Mentions
}

/** Left out are aggregates, which have no definition to create them from, and objects of extensions. */
export function loadOrder({ tables, functions, views, types }: DomainState['objects']): LoadedObject[] {
  const nodes: Node[] = [
    ...tables.map((table): Node => {
      const object = { kind: 'table', table } as const
      return { oid: table.oid, name: table.name, object, mentioned: mentionedIn(tableText(table)) }
    }),
    ...functions
      .filter(({ definition }) => definition !== null)
      .map((routine): Node => {
        const object = { kind: 'routine', routine } as const
        return { oid: routine.oid, name: routine.name, object, mentioned: routineMentions(routine) }
      }),
    ...views.map((view): Node => {
      const object = { kind: 'view', view } as const
      return { oid: view.oid, name: view.name, object, mentioned: mentionedIn(view.definition) }
    }),
    ...types.map((type): Node => {
      const object = { kind: 'type', type } as const
      return { oid: type.oid, name: type.name, object, mentioned: mentionedIn(type.definition) }
    }),
  ].sort((a, b) => a.oid - b.oid)

  const placed = new Set<Node>()
  // A circle is cut where it closes: tables that refer to each other, or a name in a text that is no real dependency.
  const place = (node: Node, above: ReadonlySet<Node>) => {
    if (placed.has(node) || above.has(node)) return
    const path = new Set([...above, node])
    for (const needed of nodes) if (needed !== node && isMentioned(needed, node)) place(needed, path)
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

const mentionedIn = (text: string): Mentions => mentions(text, { bodies: false })

/** PL/pgSQL looks up the names in a body when it runs, SQL when the function is created. The function's own name is left out. */
function routineMentions({ definition }: Routine): Mentions {
  const text = definition ?? ''
  const words = meaningfulTokens(text)
  const isSql = words.some((token, at) => isWord(token, 'language') && isWord(words[at + 1], 'sql'))
  const signature = words.find((token) => token.text === '(')?.start ?? 0
  return mentions(text.slice(signature), { bodies: isSql })
}

const isMentioned = ({ name, object }: Node, { mentioned }: Node): boolean =>
  (object.kind === 'routine' ? mentioned.calls : mentioned.names).has(name)
