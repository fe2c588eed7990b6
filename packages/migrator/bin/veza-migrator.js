#!/usr/bin/env node
// The entry: plain JavaScript, so that a Node that is too old still gets a sentence instead of a syntax error.
// In the workspace the TypeScript sources run as they are; in the published package `dist` runs.
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `veza-migrator needs Node 22.18 or later and this is ${process.version}.\n` +
      'The workspace brings its own Node 24: run it as `npx veza-migrator ...` or `npx nx run migrator:<verb>`.\n',
  )
  process.exit(2)
}

nodeModule.enableCompileCache?.()
const source = new URL('../src/cli.ts', import.meta.url)
if (existsSync(source)) {
  // `exports` names the sources under this condition; Node has no way to set one from inside but a resolve hook.
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, '@veza/source'] }),
  })
}
const { main } = await import(existsSync(source) ? source.href : new URL('../dist/cli.js', import.meta.url).href)
process.exitCode = await main(process.argv.slice(2))
