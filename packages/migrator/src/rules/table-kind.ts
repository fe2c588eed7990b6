/** What a table is for, as far as its name says it. Pure. */

/** Copies of rows as they were: they often outlive the rows that they refer to, and are then meant to. */
const HISTORY =
  /(^|_)(histor(y|ies)|archived?|archives|versions?|revisions?|snapshots?|audits?|logs?|changes|changelog|deleted|journal|hist)(_|$)/
/** Tables to load into, copies to keep for a while, results to read: no foreign key is wanted on any of them. */
const COPY =
  /(^|_)(staging|stage|stg|tmp|temp|import(s|ed)?|raw|landing|backup|backups|bak|bkp|old|copy|denorm(alized|alised)?|cache|cached|mv|matview|materiali[sz]ed|summary|summaries|rollups?|aggregates?|dwh|fact|dim)(_|$)|_\d{4}(_?\d{2}){0,2}$/

export const isHistory = (name: string): boolean => HISTORY.test(name)
export const isCopy = (name: string): boolean => COPY.test(name)
