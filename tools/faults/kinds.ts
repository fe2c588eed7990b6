/** The kinds of faults, in the order in which they are done. A new kind is one file in kinds/ and a line here. */
import type { Kind } from './kind.ts'
import { cuts } from './kinds/cuts.ts'
import { kills } from './kinds/kills.ts'

export const kinds: readonly Kind[] = [kills, cuts]
