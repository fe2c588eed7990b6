/** What a rule says about a database. A plain value: `check` and `audit` print it, each in its own formats. */
import type { Subject } from './subject.ts'

export type Severity = 'error' | 'warning'

/** How sure a rule is that what it found is a fault. Low: the name alone says so. */
export type Confidence = 'high' | 'medium' | 'low'

export const CONFIDENCES: readonly Confidence[] = ['high', 'medium', 'low']

/**
 * What a breach can cost, gravest first: exposure lets people in or shows them secrets; loss loses rows or lets them contradict each
 * other; outage stops or slows the service; change makes the next change dear; reading only makes the schema hard to read.
 */
export type Stake = 'exposure' | 'loss' | 'outage' | 'change' | 'reading'

export const STAKES: readonly Stake[] = ['exposure', 'loss', 'outage', 'change', 'reading']

/** What one rule found at one place. */
export interface Breach {
  /** Null where the breach is about no table: a schema, an unused enum, a sequence that no column owns. */
  readonly table: string | null
  readonly column: string | null
  /** What the database has. */
  readonly found: string
  /** What V1 asks for. */
  readonly expected: string
  /** What to do, one sentence or one statement of SQL. */
  readonly remedy: string
  /** Set where the severity of this breach differs from that of its rule. */
  readonly severity?: Severity
  /** Set where the confidence of this breach differs from that of its rule. */
  readonly confidence?: Confidence
  /** Set where this breach can cost something else than the others of its rule: a table without any key, beside one with a number. */
  readonly stake?: Stake
  /**
   * What many breaches of the same kind have in common: `primary keys named <table>_pkey`. A report shows breaches with the same
   * pattern in one line, with their count and examples. Not part of the fingerprint.
   */
  readonly pattern?: string
  /** The index, constraint or trigger of the table that this is about: what another rule finds of it may be the same fault (told-once.ts). */
  readonly about?: string
}

export interface RuleFinding
  extends Required<Omit<Breach, 'pattern' | 'stake' | 'about'>>,
    Pick<Breach, 'pattern' | 'stake'> {
  /** Name of the rule. */
  readonly rule: string
  /** The domain that owns the table; null = unknown, or not looked up. The caller fills it in. */
  readonly owner: string | null
}

export interface Rule {
  /** `fk-on-delete`. */
  readonly name: string
  readonly severity: Severity
  /** Default: high. */
  readonly confidence?: Confidence
  readonly stake: Stake
  /** What V1 asks for, one sentence. */
  readonly summary: string
  /** What goes wrong without it, one or two sentences. */
  readonly consequence: string
  /** The consequence in one short sentence, by stake: where breaches have different ones, or the consequence is long. */
  readonly costs?: Readonly<Partial<Record<Stake, string>>>
  /** Pure. Never throws, whatever the catalogue holds. */
  find(subject: Subject): Iterable<Breach>
}
