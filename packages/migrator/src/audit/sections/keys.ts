/** Primary keys as a part of the gap: every table's, what a change drags along, and where a uuid is there already. Pure. */
import { plural } from '../../errors.ts'
import type { DraggedColumn } from '../gap/keys.ts'
import type { AuditReport } from '../report.ts'
import type { Block, Section, Words } from './blocks.ts'
import { domainText, figure, namesWords, tableBlock } from './words.ts'

/** So many columns are named beside their key; the details have all. */
const MOST_NAMED = 5

export function keyBlocks({ keys, domainsByTable, domains }: AuditReport): Block[] {
  const rank = (table: string) => {
    const at = domains.indexOf(domainsByTable.get(table)?.domain ?? '')
    return at < 0 ? domains.length : at
  }
  const rows = [...keys]
    .sort((a, b) => rank(a.table) - rank(b.table) || (a.table < b.table ? -1 : 1))
    .map(({ table, current, target, isRight }): Words[] => [
      [domainText(domainsByTable.get(table))],
      [{ code: table }],
      [{ code: current }],
      isRight ? [{ code: target }, ' (as it is)'] : [{ code: target }],
    ])
  const wrong = keys.filter(({ isRight }) => !isRight).length
  const guesses = keys.filter(({ table }) => domainsByTable.get(table)?.guessedFrom != null).length
  const unknown = keys.filter(({ table }) => !domainsByTable.has(table)).length
  return [
    ...(rows.length === 0 ? [] : [tableBlock(['Domain', 'Table', 'Current PK', 'Target V1 PK'], rows)]),
    {
      kind: 'paragraph',
      words: [
        { strong: `${figure(wrong)} of ${plural(keys.length, 'table')}` },
        ` ${wrong === 1 ? 'has' : 'have'} another primary key than V1 asks for.`,
        ...(guesses > 0
          ? [` The domain of ${plural(guesses, 'table')} is a guess, whose reason stands below; it is marked as one.`]
          : []),
        ...(unknown > 0 ? [` Nothing suggests a domain for ${plural(unknown, 'table')}, marked ?.`] : []),
      ],
    },
  ]
}

export function dragsSection({ keys }: AuditReport): Section {
  const changing = keys.filter(({ drags }) => drags.length > 0).sort((a, b) => b.drags.length - a.drags.length)
  const isUndeclared = changing.some(({ drags }) => drags.some(({ isDeclared }) => !isDeclared))
  return {
    id: 'gap-drags',
    title: 'What a change of a key drags along',
    blocks:
      changing.length === 0
        ? []
        : [
            {
              kind: 'paragraph',
              words: [
                'Columns that reference such a key change their type together with it, in one step, and so do columns that reference a key of which they are a part.',
                ...(isUndeclared
                  ? [
                      ' Those without a foreign key are known by their name only: nothing refuses a change that forgets them.',
                    ]
                  : []),
              ],
            },
            tableBlock(
              ['Table', 'Current PK', 'Columns', 'In tables', 'Without FK', 'They are'],
              changing.map(({ table, current, drags }): Words[] => [
                [{ code: table }],
                [{ code: current }],
                [figure(drags.length)],
                [figure(new Set(drags.map((one) => one.table)).size)],
                [figure(drags.filter(({ isDeclared }) => !isDeclared).length)],
                namesWords(drags.map(columnText), MOST_NAMED),
              ]),
              [2, 3, 4],
            ),
          ],
  }
}

/** Of all keys that more columns reference than are named beside them. */
export function dragDetails({ keys }: AuditReport): Section[] {
  const many = keys.filter(({ drags }) => drags.length > MOST_NAMED)
  if (many.length === 0) return []
  const rows = many.flatMap(({ table, current, drags }) =>
    drags.map((one): Words[] => [
      [{ code: table }],
      [{ code: current }],
      [{ code: `${one.table}.${one.column}` }],
      [{ code: one.type }],
      [one.isDeclared ? 'yes' : 'no'],
    ]),
  )
  return [
    {
      id: 'gap-drags-all',
      title: `All columns that change with ${plural(many.length, 'key')}`,
      blocks: [tableBlock(['Table', 'Current PK', 'Column', 'Type', 'Foreign key'], rows)],
    },
  ]
}

const columnText = ({ table, column, type }: DraggedColumn): string => `${table}.${column} ${type}`

export function uuidsSection({ keys }: AuditReport): Section {
  const rows = keys.flatMap(({ table: name, current, uuids }) =>
    uuids.map(({ column, unique, notNull }): Words[] => [
      [{ code: name }],
      [{ code: current }],
      [{ code: column }],
      [
        unique && notNull
          ? 'unique and NOT NULL: it can become the key'
          : `${unique ? 'unique' : 'not unique'}, ${notNull ? 'NOT NULL' : 'NULL is allowed'}`,
      ],
    ]),
  )
  return {
    id: 'gap-uuids',
    title: 'A uuid beside the number',
    blocks:
      rows.length === 0
        ? []
        : [
            {
              kind: 'paragraph',
              words: [
                `${plural(rows.length, 'column')} of type uuid beside another key. Where such a column is unique and NOT NULL it becomes the key as it is, and no old key needs a new one.`,
              ],
            },
            tableBlock(['Table', 'Current PK', 'Has', 'It is'], rows),
          ],
  }
}
