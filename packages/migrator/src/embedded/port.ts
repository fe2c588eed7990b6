/** Chooses the wanted port if it is free, so that a URL saved in a database client keeps working; otherwise any free port. */
import { createServer } from 'node:net'

export const PREFERRED_PORT = 54320

export async function choosePort(wanted: number): Promise<number> {
  return (wanted === 0 ? undefined : await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined))
    })
  })
}
