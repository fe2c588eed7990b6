/** Names can hold control characters, which a terminal obeys: this shows them as escapes instead. Pure. */

import { printableLines } from '../../printable.ts'

/** A control character becomes an escape such as `\x1b`; line ends and tabs, which occur in definitions, become one space. */
export const printableText = (words: string): string => printableLines(words.replace(/[\r\n\t]+/g, ' '))
