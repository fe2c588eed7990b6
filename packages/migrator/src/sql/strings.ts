/** The value of a string or a quoted name: its characters, without quotes and escapes. A test compares it with the server. */
import type { Token } from './lexer.ts'
import { ESCAPE_STRING, STRING, stringParts } from './quotes.ts'

/** For a token of the kind `string`. The value of B'' and X'' is their digits. `U&''` is read with the backslash; UESCAPE is ignored. */
export function stringValue({ text }: Token): string {
  if (text.startsWith('$')) {
    const delimiter = text.slice(0, text.indexOf('$', 1) + 1)
    return text.slice(delimiter.length, -delimiter.length)
  }
  const open = text.indexOf("'") + 1
  const prefix = text.slice(0, open - 1).toLowerCase()
  const parts = [...stringParts(text, open, prefix === 'e' ? ESCAPE_STRING : STRING)]
  const inside = parts.map(([from, end]) => text.slice(from, end - 1)).join('')
  if (prefix === 'e') return unescaped(inside)
  const value = inside.replaceAll("''", "'")
  return prefix === 'u&' ? unicodeUnescaped(value) : value
}

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** PostgreSQL manual, 4.1.2.2. Octal and hexadecimal escapes are bytes, several of which may form one character. */
function unescaped(inside: string): string {
  const escapes = /''|((?:\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8})+)|\\([0-7]{1,3})|\\x([\da-fA-F]{1,2})|\\([\s\S])/g
  const bytes: Buffer[] = []
  let done = 0
  for (const { 0: all, 1: unicode, 2: octal, 3: hex, 4: letter, index } of inside.matchAll(escapes)) {
    bytes.push(Buffer.from(inside.slice(done, index)))
    done = index + all.length
    if (unicode !== undefined)
      bytes.push(Buffer.from(unicode.replace(/\\[uU]([\da-fA-F]+)/g, (_, digits) => character(digits))))
    else if (octal !== undefined) bytes.push(Buffer.of(Number.parseInt(octal, 8)))
    else if (hex !== undefined) bytes.push(Buffer.of(Number.parseInt(hex, 16)))
    else bytes.push(Buffer.from(letter === undefined ? "'" : (CONTROLS[letter] ?? letter)))
  }
  return Buffer.concat([...bytes, Buffer.from(inside.slice(done))]).toString()
}

/** Reads `\00e9`, `\+01f600` and the doubled mark. UESCAPE names a mark other than the backslash. PostgreSQL manual, 4.1.1 and 4.1.2.3. */
export function unicodeUnescaped(text: string, mark = '\\'): string {
  const one = `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`
  const escapes = new RegExp(`${one}(?:${one}|([\\da-fA-F]{4})|\\+([\\da-fA-F]{6}))`, 'g')
  return text.replace(escapes, (_, four?: string, six?: string) => {
    const digits = four ?? six
    return digits === undefined ? mark : character(digits)
  })
}

/** The server refuses a number above Unicode's last code point; here it gives an empty text. */
function character(digits: string): string {
  const code = Number.parseInt(digits, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}
