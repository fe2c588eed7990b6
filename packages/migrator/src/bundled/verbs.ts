/** Stands for verbs.ts in a bundle: the verbs that run a plan. `up` comes with the command line, since a deployment calls it. */

import { VerbNotInBundleError } from '../bundle/errors.ts'
import { identityText } from '../bundle-identity.ts'
import { up } from '../commands/up.ts'
import type { Command, Verb } from '../verb.ts'
import type { VerbEntry } from '../verbs.ts'
import { identity } from './host.ts'

const { file, toolVersion, migrations } = identity

export const program = {
  name: `node ${file}`,
  about: `The whole plan as one file: ${migrations} migrations, ${identityText(identity)}.`,
  version: `${toolVersion}, ${identityText(identity)}`,
}

export const verbs: readonly VerbEntry[] = [
  { name: 'up', summary: 'apply what is pending', load: async () => up },
  { name: 'down', summary: 'revert, newest first', load: async () => (await import('../commands/down.ts')).down },
  {
    name: 'status',
    summary: 'what a database has',
    load: async () => without((await import('../commands/status.ts')).status, ['--drift']),
  },
  { name: 'plan', summary: 'the run, in order', load: async () => (await import('../commands/plan.ts')).plan },
  { name: 'sql', summary: 'the run as plain SQL files', load: async () => (await import('../commands/sql.ts')).sql },
]

/** Throws VerbNotInBundleError for a word that looks like a verb and is none of the bundle's. Another word may be a secret: it is not named. */
export function assertPresent(word = ''): void {
  const has = verbs.map(({ name }) => name)
  if (/^[a-z]+$/.test(word) && !has.includes(word)) throw new VerbNotInBundleError({ verb: word, file, has })
}

/** A verb whose help does not show these options. What they ask for says itself that it is not in a bundle. */
const without = (verb: Verb, flags: readonly string[]): Verb => ({
  ...verb,
  options: (command: Command) => {
    const declared = verb.options(command)
    for (const option of declared.options) if (flags.includes(option.long ?? '')) option.hideHelp()
    return declared
  },
})
