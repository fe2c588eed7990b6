/** The gap to V1 as a section: keys, what a change of them drags along, and what one side has and the other does not. Pure. */
import type { CatalogDifference } from '../../catalog/difference.ts'
import { kindsText } from '../gap/kinds-text.ts'
import type { AuditReport } from '../report.ts'
import type { Block, Section, Words } from './blocks.ts'
import { dragsSection, keyBlocks, uuidsSection } from './keys.ts'
import { figure, tableBlock as table } from './words.ts'

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

/** As seen from the audited database. */
const CHANGES: Readonly<Record<CatalogDifference['change'], string>> = {
  missing: 'missing here',
  added: 'not in V1',
  changed: 'differs from V1',
}

const othersSection = ({ gap }: AuditReport): Section => ({
  id: 'gap-others',
  title: 'Views, functions, types, sequences',
  blocks: listed(gap.others.map((one) => [`${one.kind} `, { code: one.name }, `: ${CHANGES[one.change]}`])),
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
})

const listed = (items: readonly Words[]): Block[] => (items.length === 0 ? [] : [{ kind: 'list', items }])
