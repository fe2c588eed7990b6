/** Rules of squawk that are off here, each with the reason: the problem is solved elsewhere, or V1's conventions decide otherwise. */

export const disabledRules: Readonly<Record<string, string>> = {
  'prefer-robust-stmts':
    'a run lands whole or not at all, and an interrupted concurrent index is cleaned up by the next run',
  'require-lock-timeout': 'every run sets lock_timeout itself (--lock-timeout) and tries again',
  'require-statement-timeout': 'statement_timeout belongs to the run (--statement-timeout), not to a migration',
  'require-timeout-settings': 'both timeouts belong to the run',
  'prefer-bigint-over-int': 'keys are UUIDs; an integer here is a count or a limit with a CHECK',
  'prefer-bigint-over-smallint': 'keys are UUIDs; a smallint here is a small number with a CHECK',
  'prefer-identity': 'keys are UUIDs; the conventions refuse sequences',
}

/** The oldest major version that is supported: what is safe on it is safe on the newer ones. */
export const OLDEST_POSTGRES = '15.0'
