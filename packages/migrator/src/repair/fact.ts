/** What the database says about a repair. */

export interface Fact {
  readonly says: 'agrees' | 'contradicts' | 'unknown'
  /** A sentence without its full stop. */
  readonly text: string
  /** What to do where it contradicts. */
  readonly remedy?: string
}

export interface Look {
  readonly expected: 'done' | 'undone'
  /** Keeps the tables of indexes from being changed until the transaction ends. They can be read and written meanwhile. */
  readonly hold: boolean
}
