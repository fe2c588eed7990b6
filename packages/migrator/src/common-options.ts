/** The options that every verb has. In a bundle, bundled/common-options.ts stands for this module. */
import type { Command } from '@commander-js/extra-typings'

export const commonOptions = (command: Command) =>
  command
    .option('--database-url <url>', 'the database (default: DATABASE_URL, then the embedded database)')
    .option('--connect-timeout <duration>', 'how long to wait for a connection; 0 = for ever (default: "10s")')
    .option('--workspace <dir>', 'the repository (default: the one around the current folder)')
    .option('--json', 'one JSON document on standard output, messages on standard error')
