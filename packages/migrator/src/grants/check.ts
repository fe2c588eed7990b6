/** Rights × database → the statements that would bring the database to them. Reads catalogues that every role may read, and changes nothing. */
import { type Client, sqlState } from '../database/connect.ts'
import { QueryFailedError } from '../database/errors.ts'
import { sendAll } from '../database/pipeline.ts'
import { plainAnswers } from '../database/session.ts'
import { reason } from '../errors.ts'
import { statement } from '../statement.ts'
import { changesSql } from './changes-sql.ts'
import type { Rights } from './rights.ts'

export interface RightsChange {
  readonly verdict: 'missing' | 'too much'
  readonly sql: string
}

/** In the order in which they can run. Throws QueryFailedError. */
export async function missingChanges(client: Client, rights: Rights): Promise<readonly RightsChange[]> {
  try {
    const [, , , found] = await sendAll(client, [
      statement('begin isolation level repeatable read, read only'),
      plainAnswers,
      // As in the script: names of types are compared as they are written with this path.
      statement(
        `select set_config('search_path', 'public', true), set_config('lock_timeout', '2s', true), set_config('statement_timeout', '30s', true)`,
      ),
      statement(changesSql(rights)),
    ])
    return found!.rows.map(({ verdict, sql }) => ({ verdict, sql }))
  } catch (error) {
    const fields = { doing: 'the rights were read', serverMessage: reason(error), sqlState: sqlState(error) }
    throw new QueryFailedError(fields, error)
  } finally {
    await sendAll(client, [statement('rollback')]).catch(() => {})
  }
}
