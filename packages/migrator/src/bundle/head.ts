/**
 * The first lines of a bundle's file: JavaScript that finds the other parts behind it and starts the command line. All the rest is one
 * comment line for each part, which JavaScript skips: code and SQL that a run does not need are neither parsed nor kept in memory.
 * A part is addressed from the end of the file, so that this text does not depend on its own length.
 */
import { type BundleIdentity, identityText } from '../bundle-identity.ts'

/** By name: how many bytes before the end of the file a part begins, and how many it has. */
export type Places = Readonly<Record<string, readonly [fromEnd: number, length: number]>>

/** The name of the part that has the command line: the module bundled/main. */
export const MAIN = 'main.js'

/** The oldest major version of Node that runs a bundle. An older one still reads the sentence that says so. */
const OLDEST_NODE = 22

export const head = (identity: BundleIdentity, places: Places): string => `#!/usr/bin/env node
// ${identity.file}: ${identityText(identity)}.
// Made by \`veza-migrator bundle\` and not to be edited. Runs on Node ${OLDEST_NODE} or later: node ${identity.file} --help
import { fstatSync, openSync, readSync } from 'node:fs'
import { createRequire, enableCompileCache, Module } from 'node:module'
import { fileURLToPath } from 'node:url'

if (Number.parseInt(process.versions.node) < ${OLDEST_NODE}) {
  process.stderr.write('${identity.file} needs Node ${OLDEST_NODE} or later and this is ' + process.version + '.\\n')
  process.exit(2)
}
const places = ${JSON.stringify(places)}
const file = fileURLToPath(import.meta.url)
const opened = openSync(file)
const { size } = fstatSync(opened)
const read = (name) => {
  const [fromEnd, length] = places[name]
  const bytes = Buffer.allocUnsafe(length)
  readSync(opened, bytes, 0, length, size - fromEnd)
  return JSON.parse(bytes.latin1Slice())
}
const builtin = createRequire(import.meta.url)
const loaded = new Map()
const load = (name) => {
  const before = loaded.get(name)
  if (before) return before
  const exports = {}
  loaded.set(name, exports)
  const module = new Module(file)
  module._compile(read(name), file + '/' + name, 'commonjs')
  module.exports(exports, (wanted) => (wanted.startsWith('./') ? load(wanted.slice(2)) : builtin(wanted)), { read })
  return exports
}
enableCompileCache?.()
await load('${MAIN}').run(process.argv.slice(2))
`

/** A part of code as a function of what it exports, of its `require` and of the file that it is in. The parentheses let V8 compile it at once. */
export const wrapped = (code: string): string => `module.exports=(function(exports,require,bundleFile){${code}\n})`
