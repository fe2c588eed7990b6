/** Stands for version.ts in a bundle. */
import { identity } from './host.ts'

export const bundle = identity
export const { toolVersion } = identity
