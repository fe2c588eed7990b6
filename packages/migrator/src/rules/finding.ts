/** What a rule says about a database. A plain value: `check` and `audit` print it, each in its own formats. */
import type { Subject } from './subject.ts'

export type Severity = 'error' | 'warning'

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
}

export interface RuleFinding extends Required<Breach> {
  /** Name of the rule. */
  readonly rule: string
  /** The domain that owns the table; null = unknown, or not looked up. The caller fills it in. */
  readonly owner: string | null
}

export interface Rule {
  /** `fk-on-delete`. */
  readonly name: string
  readonly severity: Severity
  /** What V1 asks for, one sentence. */
  readonly summary: string
  /** What goes wrong without it, one or two sentences. */
  readonly consequence: string
  /** Pure. Never throws, whatever the catalogue holds. */
  find(subject: Subject): Iterable<Breach>
}
