/** `--reason`: what whoever changes the history has to say about it. */
import { InvalidOptionError } from '../errors.ts'

/** Throws InvalidOptionError for one that says nothing. */
export function parseReason(value: string): string {
  if (value.trim() !== '') return value.trim()
  throw new InvalidOptionError({ option: '--reason', value, expected: 'a sentence that says why' })
}
