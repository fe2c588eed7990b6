import { chmodSync, mkdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { bundleOf } from '../bundle/bundle.ts'
import { bundleReport } from '../bundle/report.ts'
import { InvalidOptionError } from '../errors.ts'
import { verb } from '../verb.ts'
import { replaceFile } from '../workspace/replace-file.ts'
import { openWorkspace } from '../workspace/workspace.ts'

/** Writes the engine and the whole plan as one JavaScript file, which needs Node and nothing else. Asks no database. */
export const bundle = verb({
  options: (command) =>
    command.requiredOption('--out <file>', 'the file to write, such as dist/veza-migrate.mjs', (value) =>
      parseOut('--out', value),
    ),
  examples: [
    'veza-migrator bundle --out dist/veza-migrate.mjs',
    'node dist/veza-migrate.mjs up --database-url URL     on any machine with Node 22 or later',
  ],
  run: async ({ workspace: from, out }, { cwd, busy }) => {
    const workspace = await openWorkspace(from ?? cwd)
    const file = resolve(cwd, out)
    busy('bundling')
    const made = await bundleOf(workspace, basename(file))
    mkdirSync(dirname(file), { recursive: true })
    replaceFile(file, made.text)
    // Whatever the umask is: in an image another user runs it.
    chmodSync(file, 0o755)
    return bundleReport(made, out)
  },
})

/** Throws InvalidOptionError. Node reads a file that ends in .mjs as a module, whatever lies around it. */
function parseOut(option: string, value: string): string {
  if (/^[\w.-]+\.mjs$/.test(basename(value))) return value
  throw new InvalidOptionError({
    option,
    value,
    expected: 'a file whose name ends in .mjs (letters, digits, . _ and -)',
  })
}
