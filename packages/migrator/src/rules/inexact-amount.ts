import { sqlName } from '../catalog/place.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { snake } from './subject.ts'

const FLOAT = /^(real|double precision)(\[\])?$/
const MONEY = /^money(\[\])?$/
/** Words that mean an amount of some currency wherever they stand in a name. */
const AMOUNT =
  /(^|_)(price|prices|amount|amounts|balance|fee|fees|salary|wage|wages|revenue|subtotal|payout|refund|invoice_total|order_total|total_cost|total_price|unit_cost|tax_amount|vat_amount|discount_amount|cost)(_(eur|usd|gbp|chf|jpy|total|net|gross|paid|due|local|base))*$/
/** Words that make it a number of another kind: `price_ratio` and `cost` of a query plan are no amounts. */
const OTHER =
  /(^|_)(rate|ratio|percent|percentage|pct|score|weight|factor|count|avg|mean|stddev|probability|stereo|white|colou?r|estimated|planner|startup|search)(_|$)/

export const inexactAmount: Rule = {
  name: 'inexact-amount',
  severity: 'error',
  confidence: 'medium',
  stake: 'loss',
  summary: 'An amount of money is numeric, or an integer of the smallest unit; never a float and never the type money.',
  consequence:
    'A float cannot hold 0.10, so sums are off by cents; the type money rounds to the digits of the server’s lc_monetary and knows no currency.',

  *find({ tables, place }) {
    for (const table of tables) {
      for (const { name, type } of table.columns) {
        const isMoney = MONEY.test(type)
        if (!isMoney && !(FLOAT.test(type) && AMOUNT.test(snake(name)) && !OTHER.test(snake(name)))) continue
        const array = type.endsWith('[]') ? '[]' : ''
        const using = isMoney ? ` USING ${quoted(name)}::numeric${array}` : ''
        yield {
          table: place(table),
          column: name,
          found: type,
          expected: `numeric${array}`,
          remedy: `ALTER TABLE ${sqlName(table)} ALTER COLUMN ${quoted(name)} TYPE numeric${array}${using} (it rewrites the table under an ACCESS EXCLUSIVE lock)`,
          ...(isMoney && { severity: 'warning', confidence: 'high' }),
        }
      }
    }
  },
}
