import { defineConfig } from 'vitest/config'

// Workspace packages are their TypeScript sources; the rest are Vite's defaults, which a list replaces.
const conditions = ['@veza/source', 'module', 'node', 'development|production']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tools/**/*.test.ts'],
    globalSetup: './tools/test-database/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    // For what Node resolves by itself in the workers and in the processes that they fork.
    execArgv: ['--conditions=@veza/source'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 30_000,
  },
})
