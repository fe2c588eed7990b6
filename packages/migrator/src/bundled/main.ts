/** The entry of a bundle: the same command line as everywhere. */
import { leave, main } from '../cli.ts'

/** Ends the process. */
export const run = async (argv: readonly string[]): Promise<void> => leave(await main(argv))
