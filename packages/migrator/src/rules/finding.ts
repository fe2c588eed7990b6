/** What a rule says about a database. A plain value: `check` and `audit` print it, each in its own formats. */
import type { Subject } from './subject.ts'

export type Severity = 'error' | 'warning'

/** What one rule found at one place. */
export interface Breach {
  /** Null where it is about no table: a schema, a sequence that nobody owns. */
  readonly table: string | null
  readonly column: string | null
  /** As the database has it. */
  readonly found: string
  /** As V1 has it. */
  readonly expected: string
  /** What to do, one sentence or one statement of SQL. */
  readonly remedy: string
  /** Where this breach weighs other than its rule. */
  readonly severity?: Severity
}

export interface RuleFinding extends Required<Breach> {
  /** Name of the rule. */
  readonly rule: string
  /** The domain that owns the table; null = unknown, or not asked. Filled in by the caller. */
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
