/**
 * What a migration, or a module that it imports, prints must not get between the lines of a report, least of all into a JSON document:
 * everything that is written to standard output and is not the command's own goes to standard error. Returns a function that ends this.
 */
export function divert(from: NodeJS.WriteStream, to: NodeJS.WriteStream): () => void {
  const { write } = from
  from.write = ((...given: Parameters<typeof write>) => to.write(...given)) as typeof write
  return () => {
    from.write = write
  }
}
