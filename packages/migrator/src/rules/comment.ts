import { HASH, UNIT } from '@veza/core-schema/unclear-names'
import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

/** A full stop ends a sentence if white space and a capital follow. The full stops of these abbreviations do not end one. */
const ABBREVIATION = /\b(e\.g|i\.e|etc|vs|cf|approx|incl|no)\.(?=.)/gi
const isSentence = (words: string): boolean =>
  /^\p{Lu}.*[^.]\.$/su.test(words) && !/[.!?]\s+\p{Lu}/u.test(words.replace(ABBREVIATION, '$1'))

/** What the comment of a column has to explain, since its name and type do not; undefined where no comment is needed. */
function needsWords(name: string, type: string): string | undefined {
  if (type === 'json' || type === 'jsonb') return 'JSON'
  if (HASH.test(name)) return 'a hash or a secret'
  return UNIT.test(name) ? 'a unit' : undefined
}

export const comment: Rule = {
  name: 'comment',
  severity: 'warning',
  stake: 'reading',
  summary: 'Every table has a comment of one sentence; columns that hold a unit, a hash or JSON say what it is.',
  consequence:
    'The next reader guesses whether a duration is in seconds, what a hash is made of and which keys a JSON object has.',

  *find({ tables, place }) {
    for (const table of tables) {
      if (!isSentence(table.comment ?? '')) {
        yield {
          table: place(table),
          column: null,
          expected: 'one sentence, with a capital and one full stop',
          ...(table.comment === null
            ? {
                found: 'no comment',
                remedy: `COMMENT ON TABLE ${sqlName(table)} IS '...'`,
                pattern: 'tables without a comment',
              }
            : {
                found: `comment "${table.comment}"`,
                remedy: `Say in one sentence what a row is, and leave the rest to the columns' comments: COMMENT ON TABLE ${sqlName(table)} IS '...'`,
                pattern: 'tables whose comment is not one sentence',
                confidence: 'low',
              }),
        }
      }
      for (const { name, type, comment: words } of table.columns) {
        const held = needsWords(name, type)
        if (held === undefined || (words ?? '').trim() !== '') continue
        yield {
          table: place(table),
          column: name,
          found: `no comment, and it holds ${held}`,
          expected: `a comment that says which`,
          remedy: `COMMENT ON COLUMN ${sqlName(table)}.${quoted(name)} IS '...'`,
          pattern: `columns without a comment that hold ${held}`,
        }
      }
    }
  },
}
