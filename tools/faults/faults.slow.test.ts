/** A few rounds of every kind, so that the laboratory itself works and what it found once is found again. The long way: npm run test:faults. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testMajor } from '../test-database/server.ts'
import { campaign } from './campaign.ts'
import { kinds } from './kinds.ts'
import { Lab } from './lab.ts'
import { type LabServer, labServer } from './server.ts'

const ROUNDS = 3
const SEED = 7

let server: LabServer
let lab: Lab
beforeAll(async () => {
  server = await labServer(testMajor())
  lab = new Lab(server)
}, 60_000)
afterAll(async () => {
  await lab[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

test.each(kinds.map((kind) => [kind.name, kind] as const))(
  '%s: the database is as the run said, and the next up completes it',
  async (_, kind) => {
    const { faults, skipped, rounds } = await campaign(lab, kind, { rounds: ROUNDS, seed: SEED })
    expect(faults).toEqual([])
    expect(rounds > 0 || skipped !== undefined).toBe(true)
  },
  120_000,
)
