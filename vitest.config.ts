import { defineConfig } from 'vitest/config'

// Workspace packages are their TypeScript sources; the rest are Vite's defaults, which a list replaces.
const resolve = { conditions: ['@veza/source', 'module', 'node', 'development|production'] }

const everywhere = ['packages/*/test/**', 'tools/**', 'examples/**']
const named = (ending: string): string[] => everywhere.map((folder) => `${folder}/*${ending}`)

const SLOW = '.slow.test.ts'

export default defineConfig({
  resolve,
  // Test files are resolved in `ssr`, the global set-up in `__vitest__`.
  environments: { ssr: { resolve }, __vitest__: { resolve } },
  test: {
    globalSetup: './tools/test-database/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    // For what Node resolves by itself in the workers.
    execArgv: ['--conditions=@veza/source'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 30_000,
    // What installs packages, kills processes and starts Nx or servers takes longer than all the rest together.
    projects: [
      { extends: true, test: { name: 'fast', include: named('.test.ts'), exclude: named(SLOW) } },
      { extends: true, test: { name: 'slow', include: named(SLOW) } },
    ],
  },
})
