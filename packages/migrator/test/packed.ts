/**
 * The migrator and the domains as npm would publish them, built and packed from a copy: the repository's own `dist` folders stay as they
 * are, whatever another test or a person does with them.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { discover } from '../src/workspace/discover.ts'
import { buildGraph } from '../src/workspace/graph.ts'
import { REPOSITORY } from './fixture-workspace.ts'

const run = promisify(execFile)
export const MODULES = join(REPOSITORY, 'node_modules')

export interface Packed {
  /** `packages/auth-schema`. */
  readonly path: string
  readonly name: string
  /** Absolute path of the tarball. */
  readonly tarball: string
  /** The folder that it was packed from, built. */
  readonly built: string
  readonly files: readonly string[]
}

const domains = discover(REPOSITORY)
/** Dependencies first. */
export const domainPaths: readonly string[] = buildGraph(domains).order.map(
  (name) => domains.find((domain) => domain.name === name)!.path,
)
export const packagePaths: readonly string[] = [...domainPaths, 'packages/migrator']

const LEFT_OUT = new Set(['node_modules', 'dist', 'test', '.veza', '.nx'])

const COPIED = ['packages', 'tools', 'examples', 'package.json', 'package-lock.json', '.npmrc', 'tsconfig.base.json']

/** The repository's workspace, without what is installed, built or tested. */
export function copyWorkspace(root: string): void {
  const isCopied = (file: string) => !LEFT_OUT.has(basename(file))
  for (const path of [...COPIED, 'migrations.lock'])
    cpSync(join(REPOSITORY, path), join(root, path), { recursive: true, filter: isCopied })
}

/** By path. Writes into `folder` alone. */
export async function packAll(folder: string): Promise<ReadonlyMap<string, Packed>> {
  const root = join(folder, 'sources')
  copyWorkspace(root)
  linkModules(root)
  const packed = new Map<string, Packed>()
  for (const path of packagePaths) {
    const compiler = join(MODULES, 'typescript/bin/tsc')
    await run(process.execPath, [compiler, '-p', path, '--customConditions', 'null'], { cwd: root })
    const { stdout } = await npm(
      { cwd: root },
      'pack',
      `./${path}`,
      '--pack-destination',
      folder,
      '--json',
      '--offline',
    )
    const [{ name, filename, files }] = JSON.parse(stdout)
    const paths = files.map((file: { readonly path: string }) => file.path)
    packed.set(path, { path, name, tarball: join(folder, filename), built: join(root, path), files: paths })
  }
  return packed
}

/** What is installed, but for the workspace's own packages, which are those of the copy. */
function linkModules(root: string): void {
  const modules = join(root, 'node_modules')
  mkdirSync(join(modules, '@veza'), { recursive: true })
  for (const name of readdirSync(MODULES)) {
    if (name !== '@veza') symlinkSync(join(MODULES, name), join(modules, name), 'junction')
  }
  for (const path of packagePaths) symlinkSync(join(root, path), join(modules, '@veza', basename(path)), 'junction')
}

/**
 * npm as the machine has it, with the machine's own Node, which decides what npm accepts. What it inherits of the run that it is called
 * from would change what it does.
 */
export function npm(
  { cwd, env = {} }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
  ...args: string[]
): Promise<{ stdout: string }> {
  const ofTheRun =
    /^(npm_(lifecycle|package|command|config_local|config_global_prefix|node_execpath)|NODE_OPTIONS|NODE_ENV|NX_)/i
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofTheRun.test(name)))
  const path = own.PATH?.split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return run('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd,
    env: { ...own, ...(path && { PATH: path.join(delimiter) }), ...env },
    shell: process.platform === 'win32',
  })
}
