import { quoted } from '../sql/names.ts'
import type { Confidence, Rule } from './finding.ts'
import { isEventTable, snake } from './subject.ts'
import { isHistory } from './table-kind.ts'

const ARRAY = /^(uuid|bigint|integer|smallint|text|character varying(\(\d+\))?)\[\]$/
const TEXT = /^(text|character varying(\(\d+\))?)$/
const JSON_TYPE = /^jsonb?$/

const kindOf = (type: string): string | undefined =>
  ARRAY.test(type)
    ? 'an array of ids'
    : TEXT.test(type)
      ? 'ids in one text'
      : JSON_TYPE.test(type)
        ? 'ids in JSON'
        : undefined

export const idList: Rule = {
  name: 'id-list',
  severity: 'warning',
  confidence: 'medium',
  stake: 'loss',
  summary: 'Many references are rows of a table of their own, each with a foreign key.',
  consequence:
    'No foreign key can look into a list: ids of rows that were deleted stay in it, one id can be in it twice, and finding who refers to a row reads the whole table.',

  *find({ tables, place, table: tableAt }) {
    for (const table of tables) {
      for (const { name, type, generated } of table.columns) {
        const stem = /^(.+)_ids$/.exec(snake(name))?.[1]
        const kind = kindOf(type)
        if (generated || stem === undefined || kind === undefined) continue
        const target = [stem, stem.split('_').at(-1)!]
          .flatMap((noun) => [`${noun}s`, noun, noun.replace(/y$/, 'ies')])
          .find((at) => tableAt(at) !== undefined)
        // A log or a version keeps what was, also ids of rows that are gone; an external system's ids have no table here.
        const confidence: Confidence =
          target === undefined || isEventTable(table.name) || isHistory(table.name) ? 'low' : 'medium'
        yield {
          table: place(table),
          column: name,
          found: `${type}: ${kind}`,
          expected: `a table with a row for each ${stem.replaceAll('_', ' ')}`,
          remedy: `Make a table with a foreign key to ${quoted(table.name)} and one to ${target === undefined ? 'what the ids name' : quoted(target)}, fill it from ${quoted(name)}, then drop that.`,
          confidence,
        }
      }
    }
  },
}
