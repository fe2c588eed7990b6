/** Stands for audit/drift/status-drift.ts in a bundle: drift is found by replaying the plan on an embedded database. */
import { NotInBundleError } from '../bundle/errors.ts'
import { identity } from './host.ts'

export function lookForDrift(): never {
  throw new NotInBundleError({ what: 'looking for drift', file: identity.file })
}

/** Never called, since there is nothing to make a section of. */
export const driftSection = (): never => lookForDrift()
