/**
 * Names, messages of servers and texts of migrations can hold characters that a terminal obeys, or that make a line look like another one:
 * these are shown as escapes instead, such as `\x1b`. Pure.
 */

/** C0 and C1 without tab and line feed, the marks that change the direction of writing, and the line ends that only Unicode knows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this expression looks for control characters.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Of several lines: tabs and line feeds stay. */
export const printableLines = (words: string): string =>
  words.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0).toString(16)
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
  })

/** Of one line: a line feed in it is an escape as well. */
export const printableLine = (words: string): string => printableLines(words).replaceAll('\n', '\\n')

/** JSON that is safe to print: JSON itself escapes only the characters of C0. They stand in its texts alone, where JSON has this escape. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(
    CONTROL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
