/** The kinds of faults, in the order in which they are done. A new kind is one file in kinds/ and a line here. */
import type { Kind } from './kind.ts'
import { commits, cuts } from './kinds/cuts.ts'
import { fullDisk } from './kinds/full-disk.ts'
import { hostile } from './kinds/hostile.ts'
import { indexBuilds } from './kinds/index-builds.ts'
import { kills } from './kinds/kills.ts'
import { poolers } from './kinds/poolers.ts'
import { races } from './kinds/races.ts'
import { restarts } from './kinds/restarts.ts'
import { signals } from './kinds/signals.ts'
import { silence } from './kinds/silence.ts'
import { terminations } from './kinds/terminations.ts'
import { waits } from './kinds/waits.ts'

export const kinds: readonly Kind[] = [
  kills,
  cuts,
  commits,
  signals,
  waits,
  silence,
  terminations,
  restarts,
  races,
  indexBuilds,
  poolers,
  fullDisk,
  hostile,
]
