import { sqlName } from '../catalog/place.ts'
import type { Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'
import { concurrently, LONGEST_NAME_BYTES, snake } from './subject.ts'

/** Tables of the people or programs that log in. */
const ACCOUNTS = /^(users?|accounts?|app_users?|user_accounts?|members|customers|admins?|admin_users?)$/
/** What people are looked up by when they log in. */
const LOGIN = /^(email|e_mail|email_address|username|user_name|login|login_name)$/

/** Whether some unique index has the column, or an expression of it such as lower(email), as a key. */
const isUnique = ({ indexes }: Table, name: string): boolean =>
  indexes.some(
    ({ unique, keys }) =>
      unique && keys.some((key) => key === name || new RegExp(`\\b${name.replace(/\W/g, '.')}\\b`).test(key)),
  )

export const naturalKey: Rule = {
  name: 'natural-key',
  severity: 'warning',
  confidence: 'medium',
  stake: 'loss',
  summary: 'What an account is looked up by when somebody logs in is unique.',
  consequence:
    'Two requests at the same time make two accounts with one address, whatever the service looks up before; afterwards a login or a password reset finds the wrong one.',

  *find({ tables, place }) {
    for (const table of tables) {
      if (!ACCOUNTS.test(snake(table.name))) continue
      for (const { name, type } of table.columns) {
        if (!LOGIN.test(snake(name)) || !/^(text|character|citext)/.test(type) || isUnique(table, name)) continue
        const index = quoted(`uq_${snake(table.name)}_${snake(name)}`.slice(0, LONGEST_NAME_BYTES))
        const key = type === 'citext' ? quoted(name) : `lower(${quoted(name)})`
        yield {
          table: place(table),
          column: name,
          found: 'no unique index has it',
          expected: `a unique index on (${key})`,
          remedy: `Merge the accounts that share one, then CREATE UNIQUE INDEX ${concurrently(table)}${index} ON ${sqlName(table)} (${key})`,
        }
      }
    }
  },
}
