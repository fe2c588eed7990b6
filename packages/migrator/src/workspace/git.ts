/** Questions to git, asked in the workspace. */
import { execFileSync } from 'node:child_process'

/** The environment of a hook would point git to another repository than the one that is asked about. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))
}

/** Undefined where git is missing, refuses, or knows no such thing. */
export function git(root: string, ...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: environment(),
    })
  } catch {
    return undefined
  }
}
