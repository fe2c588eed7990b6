/**
 * Parts → the text of a bundle's file. Pure, and plain ASCII, so that a place in the text is a place in the file.
 * Parts are compressed by brotli and not by deflate, whose result depends on the processor.
 */
import { brotliCompressSync, constants } from 'node:zlib'
import type { BundleIdentity } from '../bundle-identity.ts'
import { head, type Places } from './head.ts'

/** A part of the file: its name, and a value that JSON can hold. Code is its text. */
export interface Part {
  readonly name: string
  readonly value: unknown
  /** Default: false. */
  readonly isCompressed?: boolean
}

export function assembled(identity: BundleIdentity, parts: readonly Part[]): string {
  const lines = parts.map((part) => `//${kept(part)}\n`)
  const places: Record<string, Places[string]> = {}
  let fromEnd = 0
  for (const [index, { name, isCompressed }] of [...parts.entries()].reverse()) {
    const { length } = lines[index] as string
    fromEnd += length
    // Without the two slashes at its beginning and the line break at its end.
    places[name] = isCompressed ? [fromEnd - 2, length - 3, 1] : [fromEnd - 2, length - 3]
  }
  return `${head(identity, sorted(places))}${lines.join('')}`
}

const sorted = (places: Places): Places =>
  Object.fromEntries(Object.entries(places).sort(([a], [b]) => (a < b ? -1 : 1)))

function kept({ value, isCompressed }: Part): string {
  const json = ascii(JSON.stringify(value))
  return isCompressed ? brotliCompressSync(json, QUALITY).toString('base64') : json
}

/** As much as takes little time: the highest quality takes ten times as long for a tenth less. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }

/** In JSON text, such a character can only be in a string. */
const ascii = (json: string): string =>
  json.replaceAll(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
