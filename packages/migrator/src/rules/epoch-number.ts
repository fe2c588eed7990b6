import { sqlName } from '../catalog/place.ts'
import type { Column, Table } from '../catalog/types.ts'
import { quoted } from '../sql/names.ts'
import type { Confidence, Rule } from './finding.ts'
import { snake } from './subject.ts'

/** Milliseconds since 1970 need more than an integer: one with such a name is a span, such as a place in a recording. */
const HOLDS_SECONDS = /^(bigint|integer|numeric|double precision)\b/
const HOLDS_MILLISECONDS = /^(bigint|numeric|double precision)\b/
const UNIT = /_(ms|msec|millis|milliseconds|us|micros|microseconds|ns|nanos|nanoseconds)$/
const SECONDS = /_(s|sec|secs|seconds|epoch|unix)$/
/** What happened to a row or a thing, as a participle. */
const DONE =
  '(created|inserted|added|registered|updated|modified|changed|deleted|removed|received|sent|queued|published|expires|expired|expiry|seen|used|accessed|renewed|validated|verified|confirmed|consented|revoked|completed|finished|started|ended|processed)'
/** Names of an instant, without the unit at their end. */
const INSTANT: readonly RegExp[] = [
  /(^|_)(ts|timestamp|mtime|ctime|atime|epoch)$/,
  /(^|_)ts_/,
  /^(last|first)_(seen|login|access|activity|active|used|modified|updated|changed|visit|sync|sent|validated|success|failure)(_ts|_time|_date)?$/,
  /(^|_)(valid|locked|blocked|banned|muted|suspended)_until$/,
  /^(expires|expiry|expiration)(_ts|_time|_date)?$/,
  /(^|_)(creation|modification|expiry|expiration|registration|login|access|update|publish)_(time|date|timestamp)$/,
  new RegExp(`(^|_)${DONE}_(ts|time|date|on)$`),
  new RegExp(`^date_${DONE}$`),
]
/** `received_ms` is an instant only with its unit. */
const DONE_MS = new RegExp(`(^|_)${DONE}$`)
/** Words of a span, a number of something, or a place in a recording. */
const SPAN =
  /(^|_)(duration|timeout|latency|elapsed|interval|lifetime|ttl|delay|throttle|age|wait|offset|period|uptime|runtime|total|avg|mean|max|min|sum|count|counter|num|number|ordering|position|size|version|sequence|seq|zone)(_|$)/
const FROM_CLOCK = /\bEXTRACT\(epoch FROM|date_part\('epoch'/i

/** How sure it is that the column is an instant kept as a number; undefined where it is none. */
function confidenceOf({ name, type, default: expression, generated }: Column): Confidence | undefined {
  if (generated || !HOLDS_SECONDS.test(type)) return undefined
  if (FROM_CLOCK.test(expression ?? '')) return 'high'
  const words = snake(name)
  // Names that end in _at are found by timestamp-tz.
  if (words.endsWith('_at') || SPAN.test(words)) return undefined
  const bare = words.replace(UNIT, '')
  const hasUnit = bare !== words
  if (hasUnit && !HOLDS_MILLISECONDS.test(type)) return undefined
  const names = [bare, bare.replace(SECONDS, '')]
  if (INSTANT.some((instant) => names.some((one) => instant.test(one)))) return 'medium'
  return hasUnit && DONE_MS.test(bare) ? 'medium' : undefined
}

/** The instant in SQL, as far as the name says in which unit it is. */
function instantOf({ name }: Column): string {
  const words = snake(name)
  const divisor = /_(ms|msec|millis|milliseconds)$/.test(words)
    ? ' / 1000.0'
    : /_(us|micros|microseconds)$/.test(words)
      ? ' / 1e6'
      : /_(ns|nanos|nanoseconds)$/.test(words)
        ? ' / 1e9'
        : ''
  return `to_timestamp(${quoted(name)}${divisor})`
}

function remedyOf(table: Table, column: Column): string {
  const own = `ALTER COLUMN ${quoted(column.name)}`
  const type = `${own} TYPE timestamptz USING ${instantOf(column)}`
  // PostgreSQL cannot cast the default, which is a number, by itself.
  const actions = column.default === null ? type : `${own} DROP DEFAULT, ${type}`
  const unit = UNIT.test(snake(column.name))
    ? ''
    : ' where the number is in seconds, to_timestamp(... / 1000.0) where it is in milliseconds'
  return `ALTER TABLE ${sqlName(table)} ${actions}${unit}`
}

export const epochNumber: Rule = {
  name: 'epoch-number',
  severity: 'warning',
  confidence: 'medium',
  stake: 'change',
  summary: 'An instant is timestamptz, not a number of seconds or milliseconds since 1970.',
  consequence:
    'Nothing says in which unit the number is, so one service writes seconds and another milliseconds; every query converts it, and no default ' +
    'or partition by day works without that.',

  *find({ tables, place }) {
    for (const table of tables) {
      const bound = new Set(
        table.constraints.filter(({ references }) => references !== null).flatMap(({ columns }) => columns),
      )
      for (const column of table.columns) {
        const confidence = bound.has(column.name) ? undefined : confidenceOf(column)
        if (confidence === undefined) continue
        yield {
          table: place(table),
          column: column.name,
          found: `${column.type}, an instant by ${confidence === 'high' ? 'its default' : 'its name'}`,
          expected: 'timestamptz',
          remedy: remedyOf(table, column),
          confidence,
        }
      }
    }
  },
}
