/**
 * PostgreSQL's rendering of an expression depends on the session's settings: search_path decides which names are qualified, TimeZone how a
 * timestamp is written. Every reading uses the settings below and restores the old ones afterwards.
 */
import { TEXT_OF_VALUES } from '../database/session.ts'
import { type Statement, statement } from '../statement.ts'

const SETTINGS = {
  // Without any schema in it every name is written with its own. A schema that the role may not use would silently fall out of it, and
  // each of its names would look changed.
  search_path: '',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  ...TEXT_OF_VALUES,
  // To compile a query of the catalogue takes longer than it saves.
  jit: 'off',
}

const KEPT = 'veza_kept.'
const names = Object.keys(SETTINGS)

/** A select list is evaluated from left to right, so the old value is kept before the new one is set. */
export const settleRendering: Statement = statement(
  `select ${Object.entries(SETTINGS)
    .map(
      ([name, value]) =>
        `set_config('${KEPT}${name}', current_setting('${name}'), true), set_config('${name}', '${value}', true)`,
    )
    .join(',\n  ')}`,
)

export const restoreRendering: Statement = statement(
  `select ${names.map((name) => `set_config('${name}', current_setting('${KEPT}${name}'), true)`).join(',\n  ')}`,
)
