/** Where a connection goes, as it may be printed. Pure. */

export interface Server {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string
  readonly port: number
}

/** The database of a connection, without the password: it may be printed. */
export interface Target extends Server {
  readonly database: string
  readonly user: string
}

/** `db.example:5432`, `[::1]:5432`, `/run/postgresql:5432`. Of all hosts, only an IPv6 address has a colon and no slash. */
export const serverText = ({ host, port }: Server): string =>
  `${host.includes(':') && !host.includes('/') ? `[${host}]` : host}:${port}`

/** `db.example:5432/veza`. */
export const targetText = (target: Target): string => `${serverText(target)}/${target.database}`
