/**
 * The signal of the command that this process runs: aborted by Ctrl-C, or when the code of a migration has ended the command. As Ctrl-C is
 * the process's own, there is only one. A program that uses the migrator as a library has none.
 */
let current: AbortSignal | undefined

export const commandSignal = (): AbortSignal | undefined => current

export function setCommandSignal(signal: AbortSignal | undefined): void {
  current = signal
}
