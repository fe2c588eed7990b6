/** Stands for optional-package.ts in a bundle, which has nothing but what is in it. */
import { NotInBundleError } from '../bundle/errors.ts'
import { identity } from './host.ts'

export function locatePackage(name: string): never {
  throw new NotInBundleError({ what: `the package ${name}`, file: identity.file })
}
