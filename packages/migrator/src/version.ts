/** What this migrator is: its own version, as the history records it, and the bundle that it runs from, if it runs from one. */
import { readFileSync } from 'node:fs'
import type { BundleIdentity } from './bundle-identity.ts'

export const toolVersion: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

/** Undefined here: the migrator runs from a repository or an installation. In a bundle, bundled/version.ts stands for this module. */
export const bundle = undefined as BundleIdentity | undefined
