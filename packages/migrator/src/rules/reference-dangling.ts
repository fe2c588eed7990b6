import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { references } from './references.ts'

export const referenceDangling: Rule = {
  name: 'reference-dangling',
  severity: 'warning',
  confidence: 'low',
  stake: 'loss',
  summary: 'A column that is named like a reference refers to a table that exists.',
  consequence:
    'Nothing says what its numbers mean: a table that was dropped or never made, a list in the code of a service, or an id of another system.',

  *find(subject) {
    for (const { table, column, target, noun } of references(subject)) {
      if (target !== undefined) continue
      yield {
        table: subject.place(table),
        column: column.name,
        found: `${column.type}, and there is no table for ${quoted(noun)}`,
        expected: 'a table to refer to, or a name that says what it is',
        remedy: `Say what ${quoted(column.name)} means: add its table with a foreign key, make it a text with a CHECK if it is a closed list, or name the system that gives it out in a comment.`,
        pattern: `columns ${quoted(column.name)} without a table that they could refer to`,
      }
    }
  },
}
