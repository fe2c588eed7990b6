/** A running embedded server → the report of `db`. Pure. */
import type { EmbeddedServer } from '../embedded/server.ts'
import { type Lines, noLines, type Report } from '../verb.ts'

type Shown = Pick<EmbeddedServer, 'version' | 'dataDir' | 'url' | 'passwordFile' | 'port' | 'pid'>

export const serverLines =
  ({ version, dataDir, url, passwordFile }: Shown): Lines =>
  ({ paint }) => [
    `embedded PostgreSQL ${version}, data in ${dataDir}`,
    paint('bold', url),
    `The password is for this machine only. Clients of libpq find it with PGPASSFILE=${passwordFile}`,
    'Ctrl-C stops it.',
  ]

export const serverReport = ({ url, passwordFile, port, pid, dataDir }: Shown): Report => ({
  lines: noLines,
  document: { command: 'db', url, passwordFile, port, pid, dataDir },
  exitCode: 0,
})
