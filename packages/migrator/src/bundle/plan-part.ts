/** The part of a bundle's file that is read at every start. */
import type { PlanTable } from './plan-data.ts'

export const PLAN_PART = 'plan.json'

export interface PlanPart {
  readonly table: PlanTable
  /** For each part with statements, the place in the plan of its first migration. */
  readonly starts: readonly number[]
  /** SHA-256 of each part that has code of a migration. */
  readonly code: Readonly<Record<string, string>>
}
