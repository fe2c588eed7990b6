#!/usr/bin/env node
// The entry: plain JavaScript, so that a Node that is too old still gets a sentence instead of a syntax error.
// In the workspace the TypeScript sources run as they are; in the published package `dist` runs.
import { existsSync, realpathSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { sep } from 'node:path'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `veza-migrator needs Node 22.18 or later and this is ${process.version}.\n` +
      'The workspace brings its own Node 24: run it as `npx veza-migrator ...` or `npx nx run migrator:<verb>`.\n',
  )
  process.exit(2)
}

nodeModule.enableCompileCache?.()
// `exports` names a package's TypeScript sources under the condition "@veza/source"; Node has no way to set one from inside but a resolve
// hook. A workspace's own packages run from their sources, built or not; below node_modules Node runs no TypeScript, and `dist` is there.
nodeModule.registerHooks({
  resolve: (specifier, context, next) =>
    next(
      specifier,
      isOfWorkspace(specifier, context.parentURL)
        ? { ...context, conditions: [...context.conditions, '@veza/source'] }
        : context,
    ),
})

function isOfWorkspace(specifier, parent) {
  if (!/^[@a-z]/.test(specifier) || nodeModule.isBuiltin(specifier) || parent === undefined) return false
  try {
    const manifest = nodeModule.findPackageJSON(specifier, parent)
    return manifest !== undefined && !realpathSync(manifest).includes(`${sep}node_modules${sep}`)
  } catch {
    // There is no such package: the resolution itself says so.
    return false
  }
}

const source = new URL('../src/cli.ts', import.meta.url)
const { main, leave } = await import(existsSync(source) ? source.href : new URL('../dist/cli.js', import.meta.url).href)
await leave(await main(process.argv.slice(2)))
