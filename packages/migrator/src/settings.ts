/**
 * Raw options → parsed settings. Options are parsed once, here; the rest of the code gets only parsed values and trusts them.
 */
import { InvalidOptionError } from './errors.ts'
import type { Command } from './verb.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** The longest duration that PostgreSQL's settings and Node's timers accept: nearly 25 days. */
const LONGEST_MS = 2 ** 31 - 1

/** `500ms`, `2s`, `1.5m`, `1h`; a bare number is seconds. Returns milliseconds. Throws InvalidOptionError. */
export function parseDurationMs(option: string, value: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value.trim()) ?? []
  const ms = Math.round(Number(amount) * (UNITS[unit] as number))
  if (amount === undefined || ms > LONGEST_MS) {
    throw new InvalidOptionError({
      option,
      value,
      expected: 'a duration such as 500ms, 2s or 1m (a bare number is seconds), at most 596h',
    })
  }
  return ms
}

/** A duration as a person writes it: `60s`, `500ms`, `0`. */
function durationWord(ms: number): string {
  if (ms === 0) return '0'
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}

/** An option whose value is a duration, such as `--lock-wait <duration>`. It parses its value, so that a verb gets milliseconds. */
export function durationOption<Flags extends string>(command: Command, flags: Flags, about: string, defaultMs: number) {
  const [name] = flags.split(' ') as [string]
  return command
    .createOption(flags, about)
    .default(defaultMs, `"${durationWord(defaultMs)}"`)
    .argParser((value: string): number => parseDurationMs(name, value))
}

/** A whole number from 1. Throws InvalidOptionError. */
export function parseCount(option: string, value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidOptionError({ option, value, expected: 'a whole number from 1' })
  return Number(value)
}

/** A whole number from 0, where 0 means all. Throws InvalidOptionError. */
export function parseLimit(option: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidOptionError({ option, value, expected: 'a whole number, 0 for all' })
  return Number(value)
}

/** A TCP port. Throws InvalidOptionError. */
export function parsePort(option: string, value: string): number {
  const port = Number(value)
  if (!/^\d+$/.test(value) || port < 1 || port > 65_535)
    throw new InvalidOptionError({ option, value, expected: 'a port number from 1 to 65535' })
  return port
}

/** Whether a switch in the environment, such as CI, is on: it is set to anything except the empty text, `0` and `false`. */
export const isSwitchedOn = (value: string | undefined): boolean =>
  !['', '0', 'false'].includes((value ?? '').toLowerCase())
