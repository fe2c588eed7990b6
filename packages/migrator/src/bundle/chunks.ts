/**
 * The migrator and the code of dynamic migrations → a few pieces of JavaScript, made by the bundler rolldown. The first has what `up` needs
 * when nothing is pending; each of the others is evaluated when it is first wanted.
 */
import { isBuiltin } from 'node:module'
import { extname, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BundleIdentity } from '../bundle-identity.ts'
import { locatePackage } from '../optional-package.ts'
import type { Rendered } from '../workspace/render.ts'
import { BundlerFailedError, UnbundledCodeError } from './errors.ts'
import { MAIN, wrapped } from './head.ts'
import { PACKAGE_EDITS, PACKAGE_STAND_INS, STAND_INS } from './stand-ins.ts'
import { bundleWords } from './words.ts'

export interface Chunk {
  readonly name: string
  readonly code: string
  /** Whether every run evaluates it. */
  readonly isOfStart: boolean
  /** Whether it has code of a migration. */
  readonly isOfMigration: boolean
}

const SRC = fileURLToPath(new URL('..', import.meta.url))
const EXTENSION = extname(import.meta.url)
const moduleFile = (name: string): string => `${SRC}${name.replaceAll('/', sep)}${EXTENSION}`

export interface Bundled {
  readonly identity: BundleIdentity
  /** The folder of the workspace. */
  readonly root: string
  /** The migrations that run as code. */
  readonly dynamic: readonly Rendered[]
}

/** Throws MissingPackageError, UnbundledCodeError, BundlerFailedError. */
export async function chunksOf({ identity, root, dynamic }: Bundled): Promise<readonly Chunk[]> {
  locatePackage('rolldown')
  locatePackage('sql-formatter')
  const { rolldown } = await import('rolldown')
  const standIns = new Map(Object.entries(STAND_INS).map(([name, other]) => [moduleFile(name), moduleFile(other)]))
  const migrationCode = moduleFile('bundled/migration-code')
  const isOfMigrations = (path: string) => dynamic.some(({ file }) => file === path)
  const isInstalled = (path: string) => path.includes(`${sep}node_modules${sep}`)
  const placed: string[] = []
  try {
    await using bundle = await rolldown({
      input: moduleFile('bundled/main'),
      // Its messages name files from here.
      cwd: root,
      platform: 'node',
      resolve: { conditionNames: ['@veza/source', 'node'] },
      transform: { define: { BUNDLE: JSON.stringify(identity) } },
      logLevel: 'silent',
      // Else each module begins with its path, and the bundle would say where it was made.
      experimental: { attachDebugInfo: 'none' },
      plugins: [
        {
          name: 'veza-bundle',
          load(path) {
            if (path === migrationCode) return { code: codeMap(dynamic), moduleType: 'js' }
            const standIn = standIns.get(path)
            if (standIn !== undefined) return { code: `export * from ${JSON.stringify(standIn)}`, moduleType: 'js' }
            const code = PACKAGE_STAND_INS[fileOfPackage(path)]
            return code === undefined ? undefined : { code, moduleType: 'js' }
          },
          transform(code, path) {
            if (path.startsWith(SRC)) return bundleWords(code, identity.file)
            const edit = PACKAGE_EDITS[fileOfPackage(path)]
            if (edit !== undefined) return edit(code)
            if (!isInstalled(path) && KNOWS_ITS_PLACE.test(code)) placed.push(relative(root, path).replaceAll(sep, '/'))
            return undefined
          },
        },
      ],
    })
    const { output } = await bundle.generate({
      format: 'cjs',
      minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
      comments: { jsdoc: false, annotation: false, legal: true },
      entryFileNames: MAIN,
      chunkFileNames: '[name].js',
      codeSplitting: { groups: [{ name: 'start', test: /[/\\]bundled[/\\]main\.[jt]s$/ }] },
    })
    const chunks = output.filter((one) => one.type === 'chunk')
    const inside = new Set(chunks.map(({ fileName }) => fileName))
    const missing = chunks.flatMap(({ imports }) => imports).find((name) => !inside.has(name) && !isBuiltin(name))
    if (missing !== undefined) throw new Error(`the module ${missing} is imported and is not there`)
    if (placed[0] !== undefined) throw new UnbundledCodeError({ module: placed[0] })
    return chunks.map(({ fileName, code, moduleIds }) => ({
      name: fileName,
      code: wrapped(code),
      isOfStart: moduleIds.includes(moduleFile('bundled/main')),
      isOfMigration: moduleIds.some(isOfMigrations),
    }))
  } catch (error) {
    if (error instanceof UnbundledCodeError) throw error
    throw new BundlerFailedError({}, error)
  }
}

/** `pg/lib/stream.js` */
const fileOfPackage = (path: string): string => path.split(`${sep}node_modules${sep}`).at(-1)!.replaceAll(sep, '/')

/** A module that asks where it lies. */
const KNOWS_ITS_PLACE = /\bimport\.meta\b/

/** The module that stands for bundled/migration-code: by id, a function that evaluates the migration's module. */
const codeMap = (dynamic: readonly Rendered[]): string =>
  `export const migrationCode = {${dynamic.map(({ id, file }) => `${JSON.stringify(id)}: () => import(${JSON.stringify(file)})`).join()}}`
