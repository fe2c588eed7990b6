/** One SQL statement: its text and the values of its parameters. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** `statement('select $1::int', 1)` */
export const statement = (sql: string, ...parameters: unknown[]): Statement => ({ sql, parameters })
