/** What an `up` would apply, and whether the database would accept it. Only reads, without the run's lock. */
import type { Client } from '../database/connect.ts'
import { inspect } from '../database/inspect.ts'
import type { Plan } from '../plan/plan.ts'
import { assertCleanSlate } from './clean-slate.ts'
import { assertMayWrite, assertServer } from './guard.ts'
import { type RunTask, requestOf } from './request.ts'
import { assertOwnSession, assertRunnable } from './runnable.ts'

/** Throws what a run throws before its first statement. */
export async function dryRun(client: Client, task: RunTask): Promise<Plan> {
  const request = requestOf(client, task)
  const { order, graph, target, limits, decide, allowNonempty } = request
  const state = await inspect(client, limits, 'readOnly')
  assertServer(state, target)
  const plan = decide({ order, graph, history: state.history, database: target })
  await assertMayWrite(client, state, { ...request, steps: plan.steps })
  assertRunnable(plan.steps, plan.direction)
  assertOwnSession(client, plan.steps)
  assertCleanSlate(state, { steps: plan.steps, allowNonempty, target })
  return plan
}
