/**
 * The first lines of a bundle's file: JavaScript that finds the other parts behind it and starts the command line. All the rest is one
 * comment line for each part, which JavaScript skips: code and SQL that a run does not need are neither parsed nor kept in memory.
 * A part is addressed from the end of the file, so that this text does not depend on its own length.
 */
import { type BundleIdentity, identityText } from '../bundle-identity.ts'

/** By name: how many bytes before the end of the file a part begins, how many it has, and whether it is compressed. */
export type Places = Readonly<Record<string, readonly [fromEnd: number, length: number, isCompressed?: 1]>>

/** The name of the part that has the command line: the module bundled/main. */
export const MAIN = 'main.js'

/** The oldest major version of Node that runs a bundle. An older one still reads the sentence that says so. */
const OLDEST_NODE = 22

/** None of these is a function or a class, so that an object may stand for it. */
const LATE = [
  'child_process',
  'crypto',
  'dns',
  'fs',
  'net',
  'os',
  'path',
  'readline/promises',
  'timers/promises',
  'v8',
  'zlib',
]

export const head = (identity: BundleIdentity, places: Places): string => `#!/usr/bin/env node
// ${identity.file}: ${identityText(identity)}.
// Made by \`veza-migrator bundle\` and not to be edited. Runs on Node ${OLDEST_NODE} or later: node ${identity.file} --help
const node = process.getBuiltinModule ?? (await import('node:module')).createRequire(import.meta.url)
if (Number.parseInt(process.versions.node) < ${OLDEST_NODE}) {
  process.stderr.write('${identity.file} needs Node ${OLDEST_NODE} or later and this is ' + process.version + '.\\n')
  process.exit(2)
}
const { fstatSync, openSync, readSync } = node('fs')
const { Module, enableCompileCache } = node('module')
const places = ${JSON.stringify(places)}
const file = import.meta.filename
const opened = openSync(file)
const { size } = fstatSync(opened)
// Each part begins behind a line break and two slashes: in a file that was cut off, or got longer on its way, they are elsewhere.
const first = Math.max(...Object.values(places).map(([fromEnd]) => fromEnd))
const mark = Buffer.alloc(3)
readSync(opened, mark, 0, 3, Math.max(0, size - first - 3))
if (mark.latin1Slice() !== '\\n//') {
  const message = '${identity.file} is damaged: it is not as long as it was when it was made. Nothing was run. Take it again from where it was made.'
  if (process.argv.includes('--json')) console.log(JSON.stringify({ error: { code: 'TamperedBundleError', exitCode: 3, message } }, undefined, 2))
  process.stderr.write('error  ' + message + '\\n')
  process.exit(3)
}
const read = (name) => {
  const [fromEnd, length, isCompressed] = places[name]
  const bytes = Buffer.allocUnsafe(length)
  readSync(opened, bytes, 0, length, size - fromEnd)
  const text = bytes.latin1Slice()
  return JSON.parse(isCompressed ? node('zlib').brotliDecompressSync(Buffer.from(text, 'base64')).latin1Slice() : text)
}
// Modules of Node that take milliseconds to load, and are often not used at all, are loaded when something of them is used. A copy that the
// bundler makes for a default import has what its original has, by inheritance.
const late = ${JSON.stringify(LATE)}
const lately = (name) => {
  const stand = new Proxy({}, { get: (_, key) => node(name)[key], getPrototypeOf: () => stand })
  return stand
}
const builtin = (wanted) => (late.includes(wanted.replace('node:', '')) ? lately(wanted) : node(wanted))
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
