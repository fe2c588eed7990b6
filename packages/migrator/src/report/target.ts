/** The database that a verb works on → the first line of its output, and its part of a JSON document. Pure; neither holds the password. */
import type { Client } from '../database/connect.ts'
import { targetText } from '../database/target.ts'
import type { Lines } from '../verb.ts'

export interface ReportedDatabase {
  readonly client: Pick<Client, 'target' | 'serverVersion'>
  /** Folder of the embedded cluster; undefined for a server that somebody else runs. */
  readonly embeddedDataDir: string | undefined
}

/** `root`: the folder of the workspace, in which the embedded cluster usually lies. */
export function targetLines({ client, embeddedDataDir }: ReportedDatabase, root: string): Lines {
  const { target, serverVersion = '(version unknown)' } = client
  return ({ paint }) => {
    const server = `PostgreSQL ${serverVersion} at ${paint('bold', targetText(target))}`
    if (embeddedDataDir === undefined) return [`${server}, user ${target.user}`]
    const folder = embeddedDataDir.startsWith(`${root}/`) ? embeddedDataDir.slice(root.length + 1) : embeddedDataDir
    return [`embedded ${server}, data in ${folder}`]
  }
}

export function targetDocument({ client, embeddedDataDir }: ReportedDatabase): Record<string, unknown> {
  return { ...client.target, serverVersion: client.serverVersion, embedded: embeddedDataDir !== undefined }
}
