/** A bundle that was written → its report. Pure. */
import { identityText } from '../bundle-identity.ts'
import { plural } from '../errors.ts'
import type { Report } from '../verb.ts'
import type { Bundle } from './bundle.ts'

/** `out`: the file as the user typed it. */
export function bundleReport({ identity, text, dynamic }: Bundle, out: string): Report {
  const { commit, committedAt, isModified, plan, migrations, toolVersion } = identity
  const kilobytes = Math.ceil(text.length / 1024)
  return {
    lines: ({ paint }) => [
      `${paint('bold', out)}  ${kilobytes} kB, ${plural(migrations, 'migration')}, ${identityText(identity)}`,
      ...dynamic.map((id) => `${id} reads the database, so its code is in the bundle.`),
      ...(isModified
        ? [paint('yellow', 'Not from a commit: files of the plan have changes that are not committed.')]
        : []),
      `The plan's checksum, as sha256sum migrations.lock prints it: ${plan}`,
      `Run it with: node ${out} up --database-url URL`,
    ],
    document: {
      command: 'bundle',
      out,
      bytes: text.length,
      ...{ migrations, dynamic, plan, commit, committedAt, isModified, toolVersion },
    },
    exitCode: 0,
  }
}
