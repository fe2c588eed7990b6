import { quoted } from '../sql/names.ts'
import type { Rule } from './finding.ts'

/** What each lets a function or a query do, with the rights of the server's own process. */
const REACHES: Readonly<Record<string, string>> = {
  plperlu: 'its functions run any Perl',
  plpython3u: 'its functions run any Python',
  plpython2u: 'its functions run any Python',
  plpythonu: 'its functions run any Python',
  pltclu: 'its functions run any Tcl',
  plsh: 'its functions run any command of the shell',
  pljavau: 'its functions run any Java',
  file_fdw: 'its foreign tables read files of the server and run programs',
}

export const untrustedExtension: Rule = {
  name: 'untrusted-extension',
  severity: 'warning',
  stake: 'exposure',
  summary: 'No extension is in use that reads the server’s files or runs programs on it.',
  consequence:
    'One mistake in a function of it, and whoever can call the function has the account of the database server.',

  *find({ catalog }) {
    for (const { kind, name, dependents = [] } of catalog.objects ?? []) {
      const reaches = kind === 'extension' && Object.hasOwn(REACHES, name) ? REACHES[name] : undefined
      if (reaches === undefined) continue
      const used = dependents.length === 0 ? 'nothing uses it' : `used by ${dependents.join(', ')}`
      yield {
        table: null,
        column: null,
        found: `extension ${quoted(name)}: ${reaches}`,
        expected: 'a trusted language such as plpgsql, and files read by a service',
        remedy: `Move what needs it into a service (${used}), then DROP EXTENSION ${quoted(name)}`,
      }
    }
  },
}
