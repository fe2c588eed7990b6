import { defineConfig } from 'vitest/config'

// Workspace packages are their TypeScript sources; the rest are Vite's defaults, which a list replaces.
const resolve = { conditions: ['@veza/source', 'module', 'node', 'development|production'] }

export default defineConfig({
  resolve,
  // Test files are resolved in `ssr`, the global set-up in `__vitest__`.
  environments: { ssr: { resolve }, __vitest__: { resolve } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/test/**/*.test.ts', 'tools/**/*.test.ts'],
    globalSetup: './tools/test-database/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    // For what Node resolves by itself in the workers.
    execArgv: ['--conditions=@veza/source'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 30_000,
  },
})
