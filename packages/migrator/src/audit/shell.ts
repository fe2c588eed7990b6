/** Names of a database as words of a command that a person pastes into a shell. Pure. */

/** One word, whatever is in it: inside single quotes only the single quote itself means anything (POSIX, 2.2.2). */
export const shellWord = (words: string): string =>
  /^[\w./=@%+,-]+$/.test(words) ? words : `'${words.replaceAll("'", `'\\''`)}'`
