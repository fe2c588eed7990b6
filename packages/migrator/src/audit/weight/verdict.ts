/** What a report says about a whole database: its grade, its gravest faults, and what is new since the baseline. */
import type { Confidence, RuleFinding, Severity, Stake } from '../../rules/finding.ts'
import type { Share } from './share.ts'

export type Letter = 'A' | 'B' | 'C' | 'D' | 'E' | 'F'

export interface Grade {
  /** Null where there is no table to judge. */
  readonly letter: Letter | null
  /** 0 to 100. */
  readonly points: number
  /** What took points, most first. */
  readonly reasons: readonly Reason[]
  /** What lifts it to the next letter; null for an A and where there is no letter. */
  readonly next: { readonly letter: Letter; readonly mend: readonly string[] } | null
}

export interface Reason {
  readonly stake: Stake
  readonly points: number
  /** Tables with a finding of this stake, of all. */
  readonly tables: Share
  /** The rules that found it, the gravest first. */
  readonly rules: readonly string[]
}

export interface Grave {
  readonly rule: string
  readonly stake: Stake
  readonly severity: Severity
  readonly confidence: Confidence
  readonly findings: number
  /** How many of the findings the baseline knows. */
  readonly known: number
  /** How many tables have them. */
  readonly tables: number
  /** The planner's estimate of the rows in those tables; 0 where they were never analyzed. */
  readonly estimatedRows: number
  /** The tables with most rows, the largest first. */
  readonly largest: readonly string[]
  readonly cost: string
  readonly firstStep: { readonly place: string; readonly remedy: string }
}

export interface BaselineEntry extends Pick<RuleFinding, 'rule' | 'table' | 'column' | 'found'> {
  readonly id: string
}

export interface AgainstBaseline {
  /** As the caller named it. */
  readonly file: string
  readonly entries: number
  /** Findings of the report that are in the baseline. */
  readonly known: number
  /** Entries that were looked for and not found. */
  readonly gone: readonly BaselineEntry[]
  /** Entries that say nothing about this run: their table could not be read, its schema was not asked for, or --min-confidence leaves them
   * out. They stay in force. */
  readonly unseen: readonly BaselineEntry[]
}
