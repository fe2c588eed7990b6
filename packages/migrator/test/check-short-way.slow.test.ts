import fc from 'fast-check'
import { test } from 'vitest'
import { bothWays, expectTheSame } from './both-ways.ts'
import { useScratchServer } from './check-workspace.ts'
import { KIND_NAMES, planOf } from './random-plan.ts'

useScratchServer()

/** The same plans in every run; another number tries others: PLANS_SEED=7 npx vitest run packages/migrator/test/check-short-way.slow.test.ts */
const SEED = Number(process.env.PLANS_SEED ?? 1)

test('what a migration touched is all that has to be described, of any kinds of changes one after the other', async () => {
  const choice = fc.record({
    kind: fc.constantFrom(...KIND_NAMES),
    domain: fc.nat({ max: 2 }),
    table: fc.nat({ max: 2 }),
    down: fc.constantFrom('right' as const, 'forgotten' as const),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(choice, { minLength: 8, maxLength: 16 }), async (choices) => {
      expectTheSame(await bothWays(planOf(choices)))
    }),
    { numRuns: 20, endOnFailure: true, seed: SEED },
  )
}, 300_000)
