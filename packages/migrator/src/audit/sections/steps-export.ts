/**
 * What has to leave an old database before it is switched off: tables and columns that V1 has no place for, keys that change, and the order
 * in which the rest can be copied. Steps of the recommendation, each only where there is something to do. Pure.
 */
import { plural } from '../../errors.ts'
import { quoted } from '../../sql/names.ts'
import type { TableKey } from '../gap/keys.ts'
import type { AuditReport } from '../report.ts'
import { shellWord } from '../shell.ts'
import type { Block, Words } from './blocks.ts'
import { figure, joinedWords, namesWords } from './words.ts'

export type Step = Extract<Block, { kind: 'steps' }>['steps'][number]

/** So many tables are named in a step; more would hide the next one. */
const MOST_NAMED = 5
/** So many commands stand in a step. */
const MOST_COMMANDS = 8

export const exportSteps = (report: AuditReport): Step[] => [
  ...strangerSteps(report),
  ...columnSteps(report),
  ...keySteps(report),
  ...copySteps(report),
]

/** Those with most rows first: they are what somebody will miss. */
function strangerSteps({ keys }: AuditReport): Step[] {
  const strangers = keys.filter(({ isInV1 }) => !isInV1).sort((a, b) => b.estimatedRows - a.estimatedRows)
  if (strangers.length === 0) return []
  const rows = strangers.reduce((all, one) => all + one.estimatedRows, 0)
  const named = strangers.slice(0, MOST_NAMED).map((one): Words => [{ code: one.table }, rowsText(one)])
  return [
    {
      words: [
        { strong: `Export ${plural(strangers.length, 'table')} that V1 does not know` },
        rows > 0 ? `, about ${plural(Math.round(rows), 'row')}: ` : ', all of them empty by estimate: ',
        ...joinedWords(named),
        ...(strangers.length > MOST_NAMED ? [` and ${figure(strangers.length - MOST_NAMED)} more`] : []),
        '. For each that is still needed its domain writes a migration; the rows of the others stay in this export.',
      ],
      commands: capped(
        strangers.map(
          ({ sqlName }) =>
            `pg_dump --data-only --table ${shellWord(sqlName)} --file ${shellWord(`${fileName(sqlName)}.sql`)} "$OLD_URL"`,
        ),
      ),
    },
  ]
}

const rowsText = ({ estimatedRows }: TableKey): string => (estimatedRows > 0 ? ` (${figure(estimatedRows)})` : '')

const fileName = (sqlName: string): string => sqlName.replace(/[^\w.-]+/g, '_').slice(0, 100)

function capped(commands: readonly string[]): string[] {
  const more = commands.length - MOST_COMMANDS
  return more <= 0
    ? [...commands]
    : [
        ...commands.slice(0, MOST_COMMANDS),
        `# and so on for ${figure(more)} more: --format json lists them in gap.keys`,
      ]
}

function columnSteps({ gap }: AuditReport): Step[] {
  const columns = gap.tables.flatMap(({ table, differences }) =>
    differences
      .filter(({ kind, change }) => kind === 'column' && change === 'added')
      .map(({ name }) => `${table}.${name}`),
  )
  if (columns.length === 0) return []
  return [
    {
      words: [
        { strong: `Decide about ${plural(columns.length, 'column')} that V1’s tables do not have` },
        ': ',
        ...namesWords(columns, 12),
        '. Whatever stands only there is lost at the switch, unless a domain adds it to V1 or it is exported.',
      ],
    },
  ]
}

function keySteps({ keys }: AuditReport): Step[] {
  const changing = keys.filter(({ isInV1, isRight, columns }) => isInV1 && !isRight && columns.length > 0)
  if (changing.length === 0) return []
  const ready = changing.filter((key) => uuidOf(key) !== undefined)
  const dragged = new Set(changing.flatMap(({ drags }) => drags.map(({ table, column }) => `${table}.${column}`)))
  return [
    {
      words: [
        { strong: `Give the rows of ${plural(changing.length, 'table')} their new key once` },
        ', in the restored copy, and keep old and new side by side.',
        ...(dragged.size === 0
          ? []
          : [` What references such a key gets the new one from there, by a join: ${plural(dragged.size, 'column')}.`]),
        ...(ready.length === 0
          ? []
          : [
              ' The uuid that is there already serves for ',
              ...namesWords(
                ready.map(({ table }) => table),
                MOST_NAMED,
              ),
              '.',
            ]),
      ],
      commands: [
        `psql "$TRIAL_URL" --command 'CREATE SCHEMA moving'`,
        ...capped(changing.map((key) => `psql "$TRIAL_URL" --command ${shellWord(mappingOf(key))}`)),
      ],
    },
  ]
}

const uuidOf = ({ uuids }: TableKey): string | undefined =>
  uuids.find(({ unique, notNull }) => unique && notNull)?.column

function mappingOf(key: TableKey): string {
  const uuid = uuidOf(key)
  const made = uuid === undefined ? 'gen_random_uuid()' : quoted(uuid)
  return `CREATE TABLE moving.${quoted(key.table)} AS SELECT ${key.columns.map(quoted).join(', ')}, ${made} AS new_id FROM ${key.sqlName}`
}

function copySteps({ keys, copying }: AuditReport): Step[] {
  const shared = new Set(keys.filter(({ isInV1 }) => isInV1).map(({ table }) => table))
  const order = copying.tables.filter((name) => shared.has(name))
  if (order.length === 0) return []
  const circular = copying.circular.filter((name) => shared.has(name))
  return [
    {
      words: [
        { strong: 'Copy the rows in this order' },
        ', so that what V1’s foreign keys refer to is there first: ',
        ...namesWords(order, Number.POSITIVE_INFINITY),
        '.',
        ...(circular.length === 0
          ? []
          : [
              ' References in a circle begin at ',
              ...namesWords(circular),
              ': insert its rows without them, and fill them in at the end.',
            ]),
      ],
    },
  ]
}
