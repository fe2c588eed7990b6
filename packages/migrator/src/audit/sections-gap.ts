/** The gap to V1 as a section: keys, what a change of them drags along, and what one side has and the other does not. Pure. */
import type { CatalogDifference } from '../catalog/difference.ts'
import { plural } from '../errors.ts'
import type { Block, Section, Words } from './blocks.ts'
import { kindsText } from './kinds-text.ts'
import type { AuditReport } from './report.ts'
import { domainText, figure, namesWords } from './words.ts'

export function gapSection(report: AuditReport): Section {
  return {
    id: 'gap',
    title: 'Gap analysis',
    blocks: keyBlocks(report),
    sections: [
      dragsSection(report),
      uuidsSection(report),
      missingSection(report),
      unknownSection(report),
      othersSection(report),
      differingSection(report),
    ].filter(({ blocks, sections = [] }) => blocks.length + sections.length > 0),
  }
}

function keyBlocks({ keys, domainsByTable, domains }: AuditReport): Block[] {
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
  const guesses = keys.some(({ table }) => domainsByTable.get(table)?.guessedFrom != null)
  return [
    ...(rows.length === 0 ? [] : [table(['Domain', 'Table', 'Current PK', 'Target V1 PK'], rows)]),
    {
      kind: 'paragraph',
      words: [
        { strong: `${figure(wrong)} of ${plural(keys.length, 'table')}` },
        ` ${wrong === 1 ? 'has' : 'have'} another primary key than V1 asks for.`,
        ...(guesses
          ? [' A domain marked as a guess is that of the tables it is joined with, or of the words in its name.']
          : []),
      ],
    },
  ]
}

function dragsSection({ keys }: AuditReport): Section {
  const rows = keys
    .filter(({ drags }) => drags.length > 0)
    .sort((a, b) => b.drags.length - a.drags.length)
    .map(({ table: name, current, drags }): Words[] => [
      [{ code: name }],
      [{ code: current }],
      [figure(drags.length)],
      namesWords(
        drags.map((one) => `${one.table}.${one.column} ${one.type}`),
        12,
      ),
    ])
  return {
    id: 'gap-drags',
    title: 'What a change of a key drags along',
    blocks:
      rows.length === 0
        ? []
        : [
            {
              kind: 'paragraph',
              words: ['Columns that reference such a key change their type together with it, in one step.'],
            },
            table(['Table', 'Current PK', 'Columns', 'They are'], rows, [2]),
          ],
  }
}

function uuidsSection({ keys }: AuditReport): Section {
  const rows = keys.flatMap(({ table: name, current, uuids }) =>
    uuids.map(({ column, unique, notNull }): Words[] => [
      [{ code: name }],
      [{ code: current }],
      [{ code: column }],
      [`${unique ? 'unique' : 'not unique'}, ${notNull ? 'NOT NULL' : 'NULL is allowed'}`],
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
                'These rows have a uuid already. One that is unique and NOT NULL can become the key as it is, and no mapping is needed.',
              ],
            },
            table(['Table', 'Current PK', 'Has', 'It is'], rows),
          ],
  }
}

const missingSection = ({ gap }: AuditReport): Section => ({
  id: 'gap-missing',
  title: 'Tables that V1 has and this database lacks',
  blocks: listed(gap.missingTables.map((one) => [{ code: one.table }, ` (${one.domain})`])),
})

const unknownSection = ({ gap, domainsByTable }: AuditReport): Section => ({
  id: 'gap-unknown',
  title: 'Tables that V1 does not know',
  blocks:
    gap.unknownTables.length === 0
      ? []
      : [
          table(
            ['Table', 'Rows, estimated', 'Could belong to'],
            gap.unknownTables.map((one): Words[] => {
              const domain = domainsByTable.get(one.table)
              const reason = domain?.guessedFrom == null ? '' : `, since ${domain.guessedFrom}`
              return [
                [{ code: one.table }],
                [figure(one.estimatedRows)],
                [domain === undefined ? '?' : domain.domain + reason],
              ]
            }),
            [1],
          ),
        ],
})

const othersSection = ({ gap }: AuditReport): Section => ({
  id: 'gap-others',
  title: 'Views, functions, types, sequences',
  blocks: listed(gap.others.map((one) => [`${one.kind} `, { code: one.name }, `: ${one.change}`])),
})

const differingSection = ({ gap }: AuditReport): Section => ({
  id: 'gap-differing',
  title: 'Common tables that differ',
  blocks:
    gap.tables.length === 0
      ? []
      : [
          table(
            ['Domain', 'Table', 'Differences'],
            gap.tables.map((one): Words[] => [[one.domain], [{ code: one.table }], [kindsText(one.differences)]]),
          ),
        ],
  sections: gap.tables.map(({ table: name, domain, differences }) => ({
    id: `gap-table-${name}`,
    title: `${name} (${domain}): ${kindsText(differences)}`,
    isDetail: true,
    blocks: [table(['What', 'Name', 'Found', 'Expected'], differences.map(differenceRow))],
  })),
})

const differenceRow = ({ kind, name, found, expected }: CatalogDifference): Words[] => [
  [kind],
  [{ code: name }],
  sideWords(found),
  sideWords(expected),
]

const sideWords = (words: string | null): Words =>
  words === null ? ['-'] : words === '' ? ['present'] : [{ code: words }]

const table = (head: readonly string[], rows: readonly (readonly Words[])[], right: readonly number[] = []): Block => ({
  kind: 'table',
  head,
  rows,
  right,
})

const listed = (items: readonly Words[]): Block[] => (items.length === 0 ? [] : [{ kind: 'list', items }])
