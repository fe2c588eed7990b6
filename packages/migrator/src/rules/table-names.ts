/** The tables of a catalogue by the nouns in their names: `category` finds categories, Category and, from shop_orders, shop_categories. Pure. */
import { HOME } from '../catalog/place.ts'
import type { Table } from '../catalog/types.ts'
import { oneFormOf } from './nouns.ts'
import { type Subject, snake } from './subject.ts'

export interface TableNames {
  /** The tables that these words name whole: in the schema of the table `from`, else in the home schema, else anywhere. */
  named(words: string, from: Table): readonly Table[]
  /** The same, with the first words of the name of `from` before them: `post` from wp_comments finds wp_posts. */
  besides(words: string, from: Table): readonly Table[]
  /** The tables whose names end in these words and have others before them: `session` finds user_sessions. */
  ending(words: string, from: Table): readonly Table[]
  /** Whether a table, a view or anything else with rows has this name, in any schema. */
  exists(words: string): boolean
}

export function tableNames({ catalog }: Subject): TableNames {
  // A partition is reached through its parent; what an extension made is not ours to refer to.
  const own = catalog.tables.filter(
    ({ kind, partition, extension }) => kind !== 'foreign' && !partition && extension === null,
  )
  const whole = Map.groupBy(own, ({ name }) => formOf(name))
  const endings = Map.groupBy(
    own.flatMap((table) => endingsOf(formOf(table.name)).map((form) => ({ form, table }))),
    ({ form }) => form,
  )
  const all = new Set(
    [
      ...catalog.tables.map(({ name }) => name),
      ...catalog.views.map(({ name }) => name),
      ...catalog.otherSchemas.flatMap(({ tables = [] }) => tables.map(({ name }) => name)),
    ].map(formOf),
  )
  const nearest = (tables: readonly Table[] = [], { schema }: Table): readonly Table[] => {
    const near = [schema ?? HOME, catalog.home ?? HOME].map((one) =>
      tables.filter((table) => (table.schema ?? HOME) === one),
    )
    return near.find(({ length }) => length > 0) ?? tables
  }
  const named: TableNames['named'] = (words, from) => nearest(whole.get(formOf(words)), from)
  return {
    named,
    besides(words, from) {
      const before = snake(from.name).split('_').slice(0, -1)
      const prefixes = before.map((_, at) => before.slice(0, before.length - at).join('_'))
      return prefixes.map((prefix) => named(`${prefix}_${words}`, from)).find(({ length }) => length > 0) ?? []
    },
    ending: (words, from) =>
      nearest(
        endings.get(formOf(words))?.map(({ table }) => table),
        from,
      ),
    exists: (words) => all.has(formOf(words)),
  }
}

const formOf = (name: string): string => oneFormOf(snake(name))

/** `b_c` and `c` of `a_b_c`. */
function endingsOf(form: string): string[] {
  const words = form.split('_')
  return words.slice(1).map((_, at) => words.slice(at + 1).join('_'))
}
