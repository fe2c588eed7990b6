/** Whose each table is, schema by schema, as a section. Pure. */
import { plural } from '../errors.ts'
import { CHAT_SCHEMA } from '../rules/scope.ts'
import type { Block, Section, Words } from './blocks.ts'
import { driftText } from './drift.ts'
import { type AuditReport, countsByDomain } from './report.ts'
import { domainText, figure } from './words.ts'

export function governanceSection(report: AuditReport): Section {
  return {
    id: 'governance',
    title: 'Governance',
    blocks: [schemasTable(report)],
    sections: [domainsSection(report), tablesSection(report), meetingSection(report), handSection(report)].filter(
      ({ blocks }) => blocks.length > 0,
    ),
  }
}

const schemasTable = ({ governance }: AuditReport): Block => ({
  kind: 'table',
  head: ['Schema', 'Belongs to', 'Tables', 'Audited'],
  rows: governance.schemas.map(({ name, role, audited, tables }): Words[] => [
    [{ code: name }],
    [
      name === CHAT_SCHEMA
        ? 'the chat server; left alone here'
        : name === 'public'
          ? 'the domains of this repository'
          : role === undefined
            ? 'nobody in this repository'
            : `nobody in this repository; role ${role} owns it`,
    ],
    [figure(tables)],
    [audited ? 'yes' : 'no'],
  ]),
  right: [2],
})

function domainsSection(report: AuditReport): Section {
  const rows = countsByDomain(report).map((one): Words[] => [[one.name], [figure(one.errors)], [figure(one.warnings)]])
  return {
    id: 'governance-domains',
    title: 'What each domain has to correct',
    blocks:
      rows.length === 0
        ? [{ kind: 'paragraph', words: ['No domain has anything to correct.'] }]
        : [{ kind: 'table', head: ['Domain', 'Errors', 'Warnings'], rows, right: [1, 2] }],
  }
}

function tablesSection({ governance, gap }: AuditReport): Section {
  const strangers = gap.unknownTables.length
  return {
    id: 'governance-tables',
    title: 'Table by table',
    blocks: [
      {
        kind: 'paragraph',
        words: [
          strangers === 0
            ? 'Every audited table has an owner: the domain whose migration makes it.'
            : `${plural(strangers, 'table')} without an owner: no migration makes ${strangers === 1 ? 'it' : 'them'}, so nobody reviews what changes there.`,
        ],
      },
      {
        kind: 'table',
        head: ['Schema', 'Table', 'Domain', 'Owned by role'],
        rows: governance.tables.map(({ schema, name, domain, role }): Words[] => [
          [{ code: schema }],
          [{ code: name }],
          [schema === CHAT_SCHEMA ? 'chat server' : domainText(domain)],
          [role === undefined ? '-' : { code: role }],
        ]),
      },
    ],
  }
}

function meetingSection({ governance: { shared, crossings } }: AuditReport): Section {
  const blocks: Block[] = []
  if (shared.length > 0)
    blocks.push(
      {
        kind: 'paragraph',
        words: [
          'These names stand in more than one schema: a query without a schema reads whichever comes first in the search_path.',
        ],
      },
      {
        kind: 'table',
        head: ['Name', 'Schemas'],
        rows: shared.map(({ name, schemas }): Words[] => [[{ code: name }], [schemas.join(', ')]]),
      },
    )
  if (crossings.length > 0)
    blocks.push(
      {
        kind: 'paragraph',
        words: ['These references cross: both sides have to be released together, and neither can be restored alone.'],
      },
      {
        kind: 'table',
        head: ['From', 'To', 'Constraint'],
        rows: crossings.map(({ name, columns, from, to }): Words[] => [
          [{ code: `${from.schema}.${from.name} (${columns.join(', ')})` }],
          [{ code: `${to.schema}.${to.name}` }],
          [{ code: name }],
        ]),
      },
    )
  if (blocks.length === 0)
    blocks.push({
      kind: 'paragraph',
      words: ['No table name stands in two schemas, and no foreign key crosses from one into another.'],
    })
  return { id: 'governance-meeting', title: 'Where schemas meet', blocks }
}

const handSection = ({ drift }: AuditReport): Section => ({
  id: 'governance-drift',
  title: 'Changed by hand, past every migration',
  blocks:
    drift === null || drift.differences.length === 0
      ? []
      : [{ kind: 'list', items: drift.differences.map((one): Words => [driftText(one)]) }],
})
