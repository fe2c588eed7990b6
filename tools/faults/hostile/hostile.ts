/** A migration that does what no migration should, and what must become of it. */
export interface Hostile {
  readonly what: string
  /** The statements of `up`, or the text of the file. */
  readonly up: readonly string[] | string
  /** 'refused': it fails and is never recorded. 'works': it is harmless and runs. 'either': whichever it is, what is said must be so. */
  readonly expect: 'refused' | 'works' | 'either'
  /** Ctrl-C after this many milliseconds, for what would never end. */
  readonly interruptAfterMs?: number
}

/** A file whose code does this where it runs against a database, after a statement of its own. */
export const live = (does: string): string =>
  file(`
  const { rows } = await sql<{ live: boolean }>\`select true as live\`.execute(db)
  if (rows.length > 0 && process.env.LAB_HOSTILE) {
    ${does}
  }
  await sql.raw('create table mark ()').execute(db)`)

/** A file whose code does this where it is rendered. It does nothing while the plan is locked. */
export const rendered = (does: string): string =>
  file(`
  if (process.env.LAB_HOSTILE) {
    ${does}
  }
  await sql.raw('create table mark ()').execute(db)`)

const file = (body: string): string => `import { type Kysely, sql } from 'kysely'
export const about = 'hostile'
export async function up(db: Kysely<any>): Promise<void> {${body}
}
export async function down(db: Kysely<any>): Promise<void> {
  await sql.raw('drop table mark').execute(db)
}
`
