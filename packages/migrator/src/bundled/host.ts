/** What a bundle's file tells the code in it. These two names are bound by bundle/chunks.ts and bundle/head.ts; outside of a bundle there are none. */
import type { BundleIdentity } from '../bundle-identity.ts'

declare const BUNDLE: BundleIdentity
declare const bundleFile: { read(part: string): unknown }

export const identity: BundleIdentity = BUNDLE
/** The value of a part, by its name. It is read from the file each time. */
export const readPart = (part: string): unknown => bundleFile.read(part)
