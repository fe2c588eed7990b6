/** References that can point at several tables, which no foreign key can express: `resource_id` beside `resource_type`. Pure. */
import type { Table } from '../catalog/types.ts'
import { snake } from './subject.ts'

/** What says in which table the row is. */
const COMPANION =
  /^(type|kind|class|classname|model|modelname|table|tablename|entity|entitytype|contenttype|discriminator|typ)(id)?$/

/** Names that say nothing of the table: whatever says a type beside them may say which table is meant. */
const ANY_TABLE =
  /^(object|subject|target|source|record|row|entity|resource|model|item|ref|reference|referenced|related|linked|attached|tab|\w*able)$/
const ANY_COMPANION =
  /_(type|kind|class|model|entity|table)(_(name|id))?$|^(table|model|class|tableinfo)(_?(name|id))?$/
/** Of these there may be a table, and then a bare `type` is a type of the row itself. */
const MAY_HAVE_TYPE = /(^|_)(source|resource|model|item)$/

const squashed = (name: string): string => snake(name).replaceAll('_', '')

/** Whether a name alone already says that any table may be meant: `object_id`, `commentable_id`. */
export const isAnyTable = (stem: string): boolean =>
  ANY_TABLE.test(stem) || ANY_TABLE.test(stem.split('_').at(-1) ?? '')

/** `stem` is the column's name in snake_case without `_id`. */
export function isPolymorphic(table: Table, column: string, stem: string): boolean {
  const own = [squashed(stem), `${squashed(stem)}id`]
  return table.columns.some(({ name }) => {
    if (name === column) return false
    const other = squashed(name)
    if (own.some((start) => other.startsWith(start) && COMPANION.test(other.slice(start.length))))
      return isNoReference(table, name)
    if (!isAnyTable(stem)) return false
    return ANY_COMPANION.test(snake(name)) || (!MAY_HAVE_TYPE.test(stem) && /^(type|kind)$/.test(snake(name)))
  })
}

/** `payment_type_id` with a foreign key classifies the payment; it does not say in which table the payment is. */
const isNoReference = (table: Table, name: string): boolean =>
  !table.constraints.some(({ kind, columns }) => kind === 'foreign key' && columns.length === 1 && columns[0] === name)
