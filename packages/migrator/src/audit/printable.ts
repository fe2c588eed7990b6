/** Names can hold control characters, which a terminal obeys: this shows them as escapes instead. Pure. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: this expression looks for control characters.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** A control character becomes an escape such as `\x1b`; line ends and tabs, which occur in definitions, become one space. */
export const printableText = (words: string): string =>
  words.replace(/[\r\n\t]+/g, ' ').replace(CONTROL, (character) => {
    const code = character.charCodeAt(0).toString(16)
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
  })

/** A copy of the value with all strings printable. Objects of a class, such as Date, stay as they are. */
export function printable<T>(value: T): T {
  if (typeof value === 'string') return printableText(value) as T
  if (Array.isArray(value)) return value.map(printable) as T
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, printable(own)])) as T
}
