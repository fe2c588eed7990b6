/** A replay with the rows that its migrations insert. */
import { type Replayed, type ReplayRequest, withReplay } from './replay.ts'
import type { Scratch } from './scratch.ts'
import { type Seeds, seedsIn } from './seeds.ts'

export interface Seeded extends Replayed {
  readonly seeds: readonly Seeds[]
}

/** Throws what withReplay throws. */
export const replaySeeded = (scratch: Scratch, request: ReplayRequest): Promise<Seeded> =>
  withReplay(scratch, request, async ({ catalog, makers, client }) => ({
    catalog,
    makers,
    seeds: await seedsIn(client, catalog),
  }))
