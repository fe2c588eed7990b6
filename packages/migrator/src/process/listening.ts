/**
 * Listeners of the process that stay where a migration, or a package that it imports, removes those of everybody
 * (`process.removeAllListeners()`). Without them Ctrl-C would end the process without a word, and a stray failure with Node's own.
 */
type Listeners = Readonly<Record<string, (...given: any[]) => void>>

const kept = new Set<Listeners>()
let original: NodeJS.Process['removeAllListeners'] | undefined

/** Returns a function that removes them. */
export function keepListening(listeners: Listeners): () => void {
  original ??= replaceRemoveAll()
  kept.add(listeners)
  for (const [event, listener] of Object.entries(listeners)) process.on(event, listener)
  return () => {
    kept.delete(listeners)
    for (const [event, listener] of Object.entries(listeners)) process.off(event, listener)
    if (kept.size > 0 || original === undefined) return
    process.removeAllListeners = original
    original = undefined
  }
}

/** With these two Node itself begins and stops to listen to signals. */
const OF_NODE = ['newListener', 'removeListener']

function replaceRemoveAll(): NodeJS.Process['removeAllListeners'] {
  const { removeAllListeners } = process
  process.removeAllListeners = (...given) => {
    const events = given.length > 0 ? given : process.eventNames().filter((name) => !OF_NODE.includes(String(name)))
    const stays = new Set<unknown>([...kept].flatMap((listeners) => Object.values(listeners)))
    for (const event of events as ['exit'])
      for (const listener of process.rawListeners(event))
        if (!stays.has(listener)) process.off(event, listener as never)
    return process
  }
  return removeAllListeners
}
