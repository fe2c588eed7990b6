/** Stands for embedded/server.ts in a bundle. */
import { DatabaseUrlRequiredError } from '../bundle/errors.ts'
import { identity } from './host.ts'

export function acquireEmbedded(): never {
  throw new DatabaseUrlRequiredError({ file: identity.file })
}
