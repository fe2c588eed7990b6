/** A running embedded server → the report of `db`. Pure. */
import type { EmbeddedServer } from '../embedded/server.ts'
import { type Lines, noLines, type Report } from '../verb.ts'

type Shown = Pick<EmbeddedServer, 'version' | 'dataDir' | 'url' | 'port' | 'pid'>

export const serverLines =
  ({ version, dataDir, url }: Shown): Lines =>
  ({ paint }) => [`embedded PostgreSQL ${version}, data in ${dataDir}`, paint('bold', url), 'Ctrl-C stops it.']

export const serverReport = ({ url, port, pid, dataDir }: Shown): Report => ({
  lines: noLines,
  document: { command: 'db', url, port, pid, dataDir },
  exitCode: 0,
})
