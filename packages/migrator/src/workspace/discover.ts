/**
 * Workspace → domains. A package with the Nx tag `kind:domain` is a domain, and depends on the domains in its npm `dependencies`.
 * Both facts are read from the package.json files that npm and Nx read, and are written nowhere else.
 */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import {
  DependencyNotDomainError,
  DomainNameError,
  DuplicateDomainError,
  NoDomainsError,
  UnreadablePackageError,
  WorkspaceNotFoundError,
} from './errors.ts'

/** The folder of a workspace where the migrator keeps files that are not committed: the embedded servers and the rendering cache. */
export const LOCAL_FOLDER = '.veza'

export interface Domain {
  /** `auth` for `packages/auth-schema`. */
  readonly name: string
  /** `@veza/auth-schema`. */
  readonly packageName: string
  /** Absolute path of the package. */
  readonly folder: string
  /** Path relative to the workspace, with `/`: how messages name it. */
  readonly path: string
  /** Names of the domains it depends on directly, sorted. */
  readonly dependencies: readonly string[]
}

interface Manifest {
  readonly name?: string
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly nx?: { readonly tags?: readonly string[] }
}

interface WorkspacePackage {
  readonly folder: string
  readonly manifest: Manifest
}

const DOMAIN_FOLDER = /^([a-z][a-z0-9]*)-schema$/

function readManifest(folder: string): Manifest {
  const file = join(folder, 'package.json')
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest
  } catch (error) {
    throw new UnreadablePackageError({ file }, error)
  }
}

function workspaceGlobs(manifest: Manifest): readonly string[] | undefined {
  return Array.isArray(manifest.workspaces)
    ? manifest.workspaces
    : (manifest.workspaces as { packages?: readonly string[] } | undefined)?.packages
}

/** The nearest folder at or above `from` whose package.json has `workspaces`. Throws WorkspaceNotFoundError. */
export function findWorkspace(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && workspaceGlobs(readManifest(folder))) return folder
    if (dirname(folder) === folder) throw new WorkspaceNotFoundError({ from: resolve(from) })
  }
}

/**
 * The paths that a glob of "workspaces" names. `folder/*` and `folder`, which nearly every workspace uses, are read here: loading Node's
 * glob takes longer than everything else in this file.
 */
function matching(glob: string, root: string): string[] {
  const [, folder, star] = /^([\w@./-]*[\w@.-])(\/\*)?$/.exec(glob) ?? []
  if (folder === undefined) return globSync(glob, { cwd: root })
  if (star === undefined) return [join(folder)]
  const entries = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []
  return entries.filter((name) => !name.startsWith('.')).map((name) => join(folder, name))
}

function workspacePackages(root: string): WorkspacePackage[] {
  const globs = workspaceGlobs(readManifest(root)) ?? []
  const folders = globs.flatMap((glob) => matching(glob, root))
  return [...new Set(folders)]
    .sort()
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
}

const isDomain = ({ manifest }: WorkspacePackage): boolean => manifest.nx?.tags?.includes('kind:domain') ?? false

function domainName(path: string): string {
  const name = DOMAIN_FOLDER.exec(basename(path))?.[1]
  if (name === undefined) throw new DomainNameError({ folder: path })
  return name
}

/** Whether a dependency is a package of the workspace, or has the workspace's scope and was therefore meant to be one. */
function isOurs(dependency: string, packages: readonly WorkspacePackage[], scope: string | undefined): boolean {
  return (
    packages.some(({ manifest }) => manifest.name === dependency) ||
    (scope !== undefined && dependency.startsWith(`${scope}/`))
  )
}

/**
 * All domains of the workspace, sorted by name.
 * Throws NoDomainsError, DomainNameError, DuplicateDomainError, DependencyNotDomainError, UnreadablePackageError.
 */
export function discover(root: string): Domain[] {
  const packages = workspacePackages(root)
  const tagged = packages.filter(isDomain)
  if (tagged.length === 0) throw new NoDomainsError({ root })

  const pathOf = (folder: string) => relative(root, folder).split(sep).join('/')
  const nameOfPackage = new Map<string, string>()
  const folderOfName = new Map<string, string>()
  for (const { folder, manifest } of tagged) {
    const path = pathOf(folder)
    const name = domainName(path)
    const twin = folderOfName.get(name)
    if (twin !== undefined) throw new DuplicateDomainError({ domain: name, folders: [twin, path] })
    folderOfName.set(name, path)
    nameOfPackage.set(manifest.name ?? path, name)
  }

  return tagged
    .map(({ folder, manifest }) => {
      const path = pathOf(folder)
      const name = domainName(path)
      const packageName = manifest.name ?? path
      const scope = packageName.startsWith('@') ? packageName.split('/')[0] : undefined
      const dependencies: string[] = []
      for (const dependency of Object.keys(manifest.dependencies ?? {})) {
        const domain = nameOfPackage.get(dependency)
        if (domain !== undefined) dependencies.push(domain)
        else if (isOurs(dependency, packages, scope)) {
          throw new DependencyNotDomainError({ domain: name, dependency, manifest: `${path}/package.json` })
        }
      }
      return { name, packageName, folder, path, dependencies: dependencies.sort() }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
