/** What PostgreSQL says about a text that it is sent: the judge of how the text is cut. */
import { type EventEmitter, once } from 'node:events'
import pg from 'pg'

export interface Answer {
  /** One per statement that ended well, as the server names it: `SELECT 1`, `COMMIT`. */
  readonly tags: readonly string[]
  /** The transaction afterwards: `T` open, `E` failed, `I` none. */
  readonly status: string
  /** `position` is where in the text, as a JavaScript index; undefined where the server names no place in it. */
  readonly error: { readonly code: string; readonly message: string; readonly position: number | undefined } | undefined
}

/** Sends the whole text at once inside a transaction that is rolled back afterwards. */
export async function answerTo(client: pg.Client, text: string): Promise<Answer> {
  await client.query('begin')
  const answer = await send(client, text)
  await client.query('rollback; deallocate all; discard temp')
  return answer
}

export async function send(client: pg.Client, text: string): Promise<Answer> {
  const { connection } = client as unknown as { connection: EventEmitter }
  const tags: string[] = []
  // pg keeps only the first word of a tag in its results, and answers an error before the server is ready again.
  const note = ({ text: tag }: { text: string }) => tags.push(tag)
  connection.on('commandComplete', note)
  const ready = once(connection, 'readyForQuery')
  const error = await client.query(text).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  const [{ status }] = (await ready) as [{ status: string }]
  connection.off('commandComplete', note)
  if (error === undefined) return { tags, status, error: undefined }
  if (!(error instanceof pg.DatabaseError)) throw error
  const { code = '', message, position } = error
  const at = position === undefined ? undefined : indexOf(text, Number(position))
  return { tags, status, error: { code, message, position: at } }
}

/** PostgreSQL 15 and 16 do not know the vertical tab and refuse the text; what is to be read by them has a space there. */
export async function readableBy(client: pg.Client): Promise<(text: string) => string> {
  const { rows } = await client.query("select current_setting('server_version_num')::int >= 170000 as knows")
  return rows[0].knows ? (text) => text : (text) => text.replaceAll('\v', ' ')
}

/** The server counts characters from 1, of which JavaScript holds some in two. */
const indexOf = (text: string, position: number): number => [...text].slice(0, position - 1).join('').length
