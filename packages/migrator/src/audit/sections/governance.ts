/** Whose each table is, schema by schema, and where schemas meet, as a section. Pure. */
import { plural } from '../../errors.ts'
import { CHAT_SCHEMA } from '../../rules/scope.ts'
import { driftText } from '../drift/drift-text.ts'
import { type Governance, isGuest, type OwnedTable, type SchemaOwners } from '../gap/governance.ts'
import { usesText } from '../live/extension-note.ts'
import { type AuditReport, countsByDomain } from '../report.ts'
import { tallied } from '../weight/share.ts'
import type { Block, Section, Words } from './blocks.ts'
import { domainText, figure, joinedWords, namesWords, tableBlock } from './words.ts'

export function governanceSection(report: AuditReport): Section {
  return {
    id: 'governance',
    title: 'Governance',
    blocks: [schemasTable(report)],
    sections: [
      domainsSection(report),
      meetingSection(report.governance),
      accessSection(report.governance),
      extensionsSection(report),
      handSection(report),
      tablesSection(report),
    ].filter(({ blocks }) => blocks.length > 0),
  }
}

const extensionsSection = ({ extensions }: AuditReport): Section => ({
  id: 'governance-extensions',
  title: 'Extensions in use',
  blocks:
    extensions.length === 0
      ? []
      : [
          tableBlock(
            ['Extension', 'It is', 'What uses it'],
            extensions.map((one): Words[] => [[{ code: one.name }], [one.definition], [usesText(one)]]),
          ),
        ],
})

const schemasTable = ({ governance, domains }: AuditReport): Block => ({
  kind: 'table',
  head: ['Schema', 'Belongs to', 'Tables', 'Owned by role', 'Audited'],
  rows: governance.schemas.map((schema): Words[] => [
    [{ code: schema.name }],
    [belongsTo(schema, governance, domains)],
    [figure(schema.tables)],
    schema.roles.length === 0
      ? ['-']
      : joinedWords(
          schema.roles.map(({ name, count }) =>
            count === 0 ? [{ code: name }] : [{ code: name }, ` (${figure(count)})`],
          ),
        ),
    [schema.audited ? 'yes' : 'no'],
  ]),
  right: [2],
})

/** `core (3), auth (4), nobody (5)` for a schema whose tables were looked at one by one. */
function belongsTo({ name, audited }: SchemaOwners, { tables }: Governance, domains: readonly string[]): string {
  if (name === CHAT_SCHEMA) return 'the chat server; left alone here'
  const own = tables.filter(({ schema }) => schema === name)
  if (!audited || own.length === 0) return 'no domain of this repository'
  const known = own.filter(({ domain }) => domain?.guessedFrom === null).map(({ domain }) => domain!.domain)
  const parts = tallied(known)
    .sort((a, b) => domains.indexOf(a.name) - domains.indexOf(b.name))
    .map(({ name: domain, count }) => `${domain} (${figure(count)})`)
  const strangers = own.length - known.length
  return [...parts, ...(strangers > 0 ? [`no domain (${figure(strangers)})`] : [])].join(', ')
}

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

function meetingSection({ schemas, shared, crossings, everywhere }: Governance): Section {
  const blocks: Block[] = []
  if (shared.length > 0)
    blocks.push(
      said(
        `${plural(shared.length, 'table name')} in more than one schema: a query that names no schema reads whichever comes first in the search_path.`,
      ),
      {
        kind: 'table',
        head: ['Table', 'Schemas'],
        rows: shared.map((one): Words[] => [[{ code: one.name }], namesWords(one.schemas, Number.POSITIVE_INFINITY)]),
      },
    )
  if (crossings.length > 0)
    blocks.push(
      said(
        `${plural(crossings.length, 'foreign key')} from one schema into another: both sides have to be released together, and neither can be restored alone.`,
      ),
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
  for (const { role, schemas: own } of everywhere)
    blocks.push({
      kind: 'paragraph',
      words: [
        'The role ',
        { code: role },
        ' owns tables in ',
        ...namesWords(own, Number.POSITIVE_INFINITY),
        ': a service that logs in as this role can change the tables of the others. Give each service a role of its own.',
      ],
    })
  if (blocks.length === 0 && schemas.length > 1)
    blocks.push(said('No table name stands in two schemas, no foreign key crosses, and no role owns tables in both.'))
  return { id: 'governance-meeting', title: 'Where schemas meet', blocks }
}

function accessSection({ access, schemas }: Governance): Section {
  const tablesIn = new Map(schemas.map(({ name, tables }) => [name, tables]))
  const rows = access.map((one): Words[] => [
    [one.role === 'PUBLIC' ? { strong: 'PUBLIC, every role' } : { code: one.role }],
    one.home.length === 0 ? ['-'] : namesWords(one.home),
    [{ code: one.schema }],
    [`${figure(one.tables.length)} of ${figure(tablesIn.get(one.schema) ?? one.tables.length)}`],
    [one.privileges.join(', ')],
  ])
  const guests = access.filter(isGuest).length
  return {
    id: 'governance-access',
    title: 'Who else may use the tables',
    blocks:
      rows.length === 0
        ? []
        : [
            said(
              guests === 0
                ? 'Rights of roles that do not own the tables. None of these roles owns tables in another schema.'
                : 'Rights of roles that do not own the tables. Those of PUBLIC, and of roles that own tables elsewhere, come first: they cross from one service into another.',
            ),
            { kind: 'table', head: ['Role', 'Owns tables in', 'May use', 'Tables', 'Rights'], rows },
          ],
  }
}

const handSection = ({ drift }: AuditReport): Section => ({
  id: 'governance-drift',
  title: 'Changed by hand, past every migration',
  blocks:
    drift === null || drift.differences.length === 0
      ? []
      : [{ kind: 'list', items: drift.differences.map((one): Words => [driftText(one)]) }],
})

function tablesSection({ governance }: AuditReport): Section {
  const audited = new Set(governance.schemas.flatMap((schema) => (schema.audited ? schema.name : [])))
  const isStranger = ({ schema, domain }: OwnedTable) => audited.has(schema) && domain?.guessedFrom !== null
  const strangers = governance.tables.filter(isStranger).length
  return {
    id: 'governance-tables',
    title: 'Table by table',
    blocks: [
      said(
        strangers === 0
          ? 'Every audited table has an owner: the domain whose migration makes it.'
          : `${plural(strangers, 'table')} without an owner: no migration makes ${strangers === 1 ? 'it' : 'them'}, so nobody reviews what changes there.`,
      ),
      ...(governance.tables.length === 0 ? [] : [tablesTable(governance, audited)]),
    ],
  }
}

const tablesTable = ({ tables }: Governance, audited: ReadonlySet<string>): Block => ({
  kind: 'table',
  head: ['Schema', 'Table', 'Domain', 'Owned by role', 'Others may'],
  rows: tables.map(({ schema, name, domain, role, grants }): Words[] => [
    [{ code: schema }],
    [{ code: name }],
    [schema === CHAT_SCHEMA ? 'chat server' : audited.has(schema) ? domainText(domain) : '-'],
    [role === undefined ? '-' : { code: role }],
    grants.length === 0
      ? ['-']
      : joinedWords(
          grants.map(({ to, privileges }) => [{ code: to }, ` ${privileges.join(', ')}`]),
          '; ',
        ),
  ]),
})

const said = (words: string): Block => ({ kind: 'paragraph', words: [words] })
