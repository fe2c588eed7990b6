/** Stands for common-options.ts in a bundle, which has no repository and no embedded database. */
import type { Command } from '@commander-js/extra-typings'

export const commonOptions = (command: Command) =>
  command
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .option('--connect-timeout <duration>', 'how long to wait for a connection; 0 = for ever (default: "10s")')
    .option('--json', 'one JSON document on standard output, messages on standard error')
