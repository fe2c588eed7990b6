/**
 * What `work` resolves to, or the signal's reason as soon as it is aborted, whatever becomes of `work` after that. Without a signal it is
 * waited for as usual. `work` is not begun if the signal is aborted already.
 */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: () => T | Promise<T>): Promise<T> {
  if (signal === undefined) return work()
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work(), promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
