/** `channel_binding=require`: nothing is proven to a server that does not bind the login to the TLS connection. */
import type { Client } from 'pg'

/** The connection was ended because its login would not have been bound to it. */
export class UnboundLogin extends Error {}

export function refuseUnboundLogin({ connection }: Client): void {
  const refuse = () => connection.stream.destroy(new UnboundLogin('SCRAM-SHA-256-PLUS was not offered'))
  let isBound = false
  connection.on('authenticationSASL', ({ mechanisms }) => {
    isBound = mechanisms.includes('SCRAM-SHA-256-PLUS')
    if (!isBound) refuse()
  })
  for (const event of ['authenticationCleartextPassword', 'authenticationMD5Password'] as const)
    connection.on(event, refuse)
  connection.on('authenticationOk', () => isBound || refuse())
}
