import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { shortName, snake } from './subject.ts'

/** A character type other than text, its limit, and `[]` for an array. `character` is padded with spaces, `"char"` is one byte, and `name` 63 bytes for PostgreSQL's own use. */
const LIMITED = /^(character varying|character|"char"|bpchar|name)(?:\((\d+)\))?(\[\])?$/

export const textType: Rule = {
  name: 'text-type',
  severity: 'warning',
  stake: 'change',
  summary: 'Text is text, and its limit a CHECK.',
  consequence:
    'The limit of a varchar is part of the type, so changing it touches every view and function that uses the column; the type character pads with spaces.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const { name, type } of table.columns) {
        const [, , limit, array = ''] = LIMITED.exec(type) ?? []
        if (!LIMITED.test(type)) continue
        const alter = `ALTER TABLE ${sqlName(table)}`
        const check = limit === undefined || array ? '' : ` CHECK (char_length(${quoted(name)}) <= ${limit})`
        yield {
          table: place(table),
          column: name,
          found: type,
          expected: `text${array}${check}`,
          remedy: `${alter} ALTER COLUMN ${quoted(name)} TYPE text${array}${check && `; ${alter} ADD CONSTRAINT ${quoted(shortName(`chk_${snake(table.name)}_${snake(name)}_length`))}${check}`}`,
          pattern: `columns of the type ${type}`,
          // Without a limit it is text under another name.
          ...(type === 'character varying' && { stake: 'reading' }),
        }
      }
    }
  },
}
