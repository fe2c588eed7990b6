/** The password from `~/.pgpass` or the file that PGPASSFILE names. Imported only where a server asks for a password and none was given. */
/// <reference path="./pgpass.d.ts" />
import pgpass from 'pgpass'

/** Undefined if there is no such file, or no line in it for this connection. */
export function passwordFromFile(connection: {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
}): Promise<string | undefined> {
  return new Promise((resolve) => pgpass(connection, resolve))
}
